"""Turn a deployment into Modal's App. Builds objects of Modal's library; sends nothing."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import modal

from cloche_server.hosting.backend import InterpBackend
from cloche_server.hosting.deployment import (
    MODELS_DIR,
    Deployment,
    image_steps,
    server_options,
)
from cloche_server.hosting.image import Step

# Where `add_local_python_source` puts packages.
_SOURCE_DIR = "/root"


def build_app(deployment: Deployment, *, tags: Mapping[str, str] | None = None) -> modal.App:
    """Returns the App with its one server class.

    Args:
        tags: kept with the App; how a later deployment knows what is there.
    """
    app = modal.App(deployment.app_name, tags=dict(tags or {}))
    volumes: dict[str, modal.Volume] = {}
    if deployment.weights.kept_in == "volume":
        volumes[MODELS_DIR] = modal.Volume.from_name(
            deployment.volume_name,
            environment_name=deployment.environment,
            create_if_missing=True,
        )
    read_only = {
        place: volume.with_mount_options(read_only=True) for place, volume in volumes.items()
    }
    app.server(
        image=build_image(deployment, volumes),
        volumes=read_only,  # type: ignore[arg-type]  # invariant in its keys and values there
        **server_options(deployment),
    )(InterpBackend)
    return app


@dataclass(frozen=True)
class _Fetching:
    """What the steps that fetch a model have, and no container."""

    secrets: list[modal.Secret]
    volumes: dict[str, modal.Volume]


def build_image(deployment: Deployment, volumes: Mapping[str, modal.Volume]) -> modal.Image:
    """The image, step by step as `plan` lists them.

    Args:
        volumes: those that models are fetched into.
    """
    secrets = [
        modal.Secret.from_name(name, environment_name=deployment.environment)
        for name in deployment.secrets
    ]
    fetching = _Fetching(secrets, dict(volumes))
    image = modal.Image.debian_slim(python_version=deployment.image.python)
    for step in image_steps(deployment):
        image = _BUILD[step.kind](image, step, fetching)
    return image


def _options(step: Step) -> dict[str, Any]:
    return dict(step.options)


def _fetch(image: modal.Image, step: Step, fetching: _Fetching) -> modal.Image:
    command = shlex.join(["python", "-m", "cloche_server.models.fetch", *step.values])
    return image.run_commands(
        f"cd {_SOURCE_DIR} && {command}",
        secrets=fetching.secrets,
        volumes=fetching.volumes,  # type: ignore[arg-type]  # invariant in its keys there
    )


_BUILD: dict[str, Callable[[modal.Image, Step, _Fetching], modal.Image]] = {
    "uv_pip_install": lambda image, step, _: image.uv_pip_install(*step.values, **_options(step)),
    "pip_install": lambda image, step, _: image.pip_install(*step.values, **_options(step)),
    "apt_install": lambda image, step, _: image.apt_install(*step.values),
    "run_commands": lambda image, step, _: image.run_commands(*step.values),
    "env": lambda image, step, _: image.env(dict(pair.split("=", 1) for pair in step.values)),
    # Copied, not mounted: the image is then whole, and weights can be fetched on top of it.
    "source": lambda image, step, _: image.add_local_python_source(*step.values, copy=True),
    "fetch": _fetch,
}
