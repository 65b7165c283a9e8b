"""`InterpClient(app_name=...)`: deploys or rescales where asked to, then finds the server."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cloche import seam
from cloche.contract.errors import InvalidRequestError
from cloche.contract.settings import config_errors
from cloche.modal._agreement import refuse_other
from cloche.modal._deploy import deploy, rescale, tags_of_app
from cloche.modal._edge import ProxyToken
from cloche.modal._remote import ModalServer, find

if TYPE_CHECKING:
    from cloche.seam import Image, Resources, Scaling


def open_app(
    app_name: str,
    *,
    deploy_first: bool,
    model_name: str | Path | None,
    model: Mapping[str, object],
    also: Mapping[str, str | Path],
    limits: Mapping[str, float] | None,
    gpu: str | Sequence[str] | None,
    resources: Resources | None,
    scaling: Scaling | None,
    image: Image | None,
    secrets: Sequence[str],
    keep_warm: int | None,
    container_idle_timeout: int | None,
    proxy_token: ProxyToken | None,
    environment: str | None,
    show: bool,
) -> ModalServer:
    """Raises InvalidRequestError, HostingError or ServerUnavailableError."""
    with config_errors():
        wanted = _one(resources, seam.Resources, {"gpu": gpu}, "resources")
        numbers = {"keep_warm": keep_warm, "container_idle_timeout_s": container_idle_timeout}
        scaled = _one(scaling, seam.Scaling, numbers, "scaling")
    if not deploy_first:
        # What is given says what the caller expects of the app that runs.
        given = {
            **model,
            "model_name": model_name,
            "also": also or None,
            "limits": limits,
            "gpu": wanted.gpu,
            "resources": resources,
            "image": image,
            "secrets": secrets or None,
        }
        names = [name for name, value in given.items() if value is not None]
        if names:
            with config_errors():
                expected = seam.deployment_for(
                    app_name,
                    {"name": model_name or "any/model", **model},
                    also=also,
                    limits=dict(limits or {}),
                    resources=wanted,
                    image=seam.hf_image if image is None else image,
                    secrets=tuple(secrets),
                )
            refuse_other(tags_of_app(app_name, environment), expected, names)
        if scaling is not None or keep_warm is not None or container_idle_timeout is not None:
            rescale(
                app_name,
                keep_warm=keep_warm,
                container_idle_timeout=container_idle_timeout,
                scaling=scaling,
                environment=environment,
            )
        return find(app_name, proxy_token=proxy_token, environment=environment)
    if model_name is None:
        raise InvalidRequestError("deploy=True needs model_name=", field="model_name")
    with config_errors():
        deployment = seam.deployment_for(
            app_name,
            {"name": model_name, **model},
            also=also,
            limits=dict(limits or {}),
            resources=wanted,
            scaling=scaled,
            image=seam.hf_image if image is None else image,
            secrets=tuple(secrets),
            environment=environment,
        )
    if deployment.rents_for_nothing:
        print(
            "warning: gpu= rents a GPU that nothing uses yet: the model runs on the CPU",
            file=sys.stderr,
        )
    deploy(deployment, show=show and sys.stdout.isatty())
    return find(app_name, proxy_token=proxy_token, environment=environment)


def _one(whole: Any, kind: type[Any], parts: Mapping[str, Any], name: str) -> Any:
    """What was given as one value, or made from the short names of its fields."""
    given = {field: value for field, value in parts.items() if value is not None}
    if whole is None:
        return kind(**given)
    if not isinstance(whole, kind):
        raise InvalidRequestError(f"{name} must be a cloche.modal.{kind.__name__}", field=name)
    if given:
        raise InvalidRequestError(
            f"give {name}=, or {', '.join(parts)} by themselves, not both", field=name
        )
    return whole
