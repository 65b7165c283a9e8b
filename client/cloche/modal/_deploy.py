"""Deploying: only what has changed, and nothing where nothing has."""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from cloche import seam
from cloche.contract.errors import HostingError
from cloche.contract.settings import config_errors
from cloche.modal._agreement import tags_of
from cloche.modal._errors import library, translated

if TYPE_CHECKING:
    import modal

    from cloche.seam import Deployment, Scaling

# The App's tag that holds what was deployed, and marks the App as one of ours.
CONFIG_TAG = "cloche-config"


@dataclass(frozen=True, kw_only=True)
class Deployed:
    """What `deploy` did: a new version, new numbers for the autoscaler, or nothing."""

    app_name: str
    action: Literal["deployed", "rescaled", "unchanged"]


def deploy(deployment: Deployment, *, show: bool = False) -> Deployed:
    """Deploys or updates, and only what differs from what runs.

    Args:
        deployment: see `deployment_for`.
        show: let Modal print how the image is built.

    Raises:
        HostingError: Modal refuses; the message says what to do.
        ServerUnavailableError: Modal does not answer.
    """
    modal = library()
    name, environment = deployment.app_name, deployment.environment
    wanted = fingerprint(deployment)
    with translated(f"deploying {name}"):
        tags = _tags(name, environment)
        if tags is not None and CONFIG_TAG not in tags:
            raise HostingError(
                f"deploying {name}: an app of this name exists and is not Cloche's; choose another "
                f"app_name, or stop that one (modal app stop {name})"
            )
        if tags is not None and tags[CONFIG_TAG] == wanted:
            changed = _rescale(name, environment, seam.autoscaler(deployment))
            return Deployed(app_name=name, action="rescaled" if changed else "unchanged")
        app = seam.build_app(deployment, tags={CONFIG_TAG: wanted, **tags_of(deployment)})
        with _built_by(seam.BUILDER), modal.enable_output() if show else contextlib.nullcontext():
            app.deploy(environment_name=environment)
    return Deployed(app_name=name, action="deployed")


@contextlib.contextmanager
def _built_by(version: str) -> Iterator[None]:
    """Has Modal's library build with this version of its builder, whatever its settings say."""
    name = "MODAL_IMAGE_BUILDER_VERSION"
    before = os.environ.get(name)
    os.environ[name] = version
    try:
        yield
    finally:
        if before is None:
            del os.environ[name]
        else:
            os.environ[name] = before


def rescale(
    app_name: str,
    *,
    keep_warm: int | None = None,
    container_idle_timeout: int | None = None,
    scaling: Scaling | None = None,
    environment: str | None = None,
) -> bool:
    """Changes a running deployment's autoscaler, without deploying; True if anything changed.

    The next deployment sets what it says itself.

    Args:
        scaling: sets all of it, but for `max_concurrency`, which a deployment sets, and for what is
            None in it.

    Raises:
        InvalidRequestError: a number out of its range.
        HostingError: no such app.
    """
    given = {"keep_warm": keep_warm, "container_idle_timeout_s": container_idle_timeout}
    given = {name: value for name, value in given.items() if value is not None}
    if scaling is not None:
        given = {**dataclasses.asdict(scaling), **given}
    with config_errors():
        seam.Scaling(**given)  # type: ignore[arg-type]  # checked there
    names = {
        "keep_warm": "min_containers",
        "buffer_containers": "buffer_containers",
        "container_idle_timeout_s": "scaledown_window",
        "max_containers": "max_containers",
        "target_concurrency": "target_concurrency",
        "scaleup_window_s": "scaleup_window",
    }
    changes = {theirs: given[ours] for ours, theirs in names.items() if given.get(ours) is not None}
    with translated(f"rescaling {app_name}", missing=no_app(app_name, environment)):
        return _rescale(app_name, environment, changes)


def tags_of_app(app_name: str, environment: str | None) -> dict[str, str]:
    """The tags of an app of ours. Raises HostingError where there is none."""
    with translated(f"looking up {app_name}", missing=no_app(app_name, environment)):
        app = library().App.lookup(app_name, environment_name=environment)
        tags = dict(app.get_tags())
    if CONFIG_TAG not in tags:
        raise HostingError(f"{app_name}: this app is not Cloche's; choose another app_name")
    return tags


def no_app(app_name: str, environment: str | None = None) -> str:
    """What to do where an app is not found."""
    where = f" --env {environment}" if environment else ""
    return (
        f"deploy it first (cloche deploy {app_name} --model ...{where}, or deploy=True), or check "
        f"the name and the environment with `modal app list{where}`"
    )


def fingerprint(deployment: Deployment) -> str:
    """Changes with all that a new version is needed for: settings, image, Cloche's own source.

    Those who see it and guess a hidden system prompt learn that they are right: the prompt is a
    part of it, as another prompt needs a new version.
    """
    described = seam.plan(deployment)
    del described["scaling"]
    described["server_config"] = deployment.server.to_json()
    described["source"] = _source_digest()
    described["modal"] = library().__version__
    return hashlib.sha256(json.dumps(described, sort_keys=True).encode()).hexdigest()[:32]


def _source_digest() -> str:
    """Of the files that go into the image: the modules of both packages."""
    digest = hashlib.sha256()
    for path, data in _sources():
        digest.update(f"{path}\0{len(data)}\0".encode() + data)
    return digest.hexdigest()


def _sources() -> Iterator[tuple[str, bytes]]:
    for name in ("cloche", "cloche_server"):
        root = Path(import_module(name).__path__[0])
        for path in sorted(root.rglob("*.py")):
            yield f"{name}/{path.relative_to(root).as_posix()}", path.read_bytes()


def _tags(name: str, environment: str | None) -> dict[str, str] | None:
    """The tags of the deployed App; None where there is none."""
    modal = library()
    try:
        app = modal.App.lookup(name, environment_name=environment)
    except modal.exception.NotFoundError:
        return None
    return dict(app.get_tags())


def server_of(app_name: str, environment: str | None) -> modal.Server:
    """The one server class of an App of ours; Modal is asked when it is used."""
    found: modal.Server = library().Server.from_name(
        app_name, seam.SERVER_NAME, environment_name=environment
    )
    return found


def _rescale(name: str, environment: str | None, wanted: dict[str, Any]) -> bool:
    server = server_of(name, environment)
    current = server.autoscaler.settings()
    changes = {
        # Modal leaves out what is zero.
        key: value
        for key, value in wanted.items()
        if (getattr(current, key) or 0) != (value or 0)
    }
    if changes:
        server.autoscaler.update(**changes)
    return bool(changes)
