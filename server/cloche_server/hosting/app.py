"""From a deployment to Modal's App. Builds objects of Modal's library; sends nothing."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Mapping

import modal

from cloche_server.hosting.backend import InterpBackend
from cloche_server.hosting.deployment import (
    MODELS_DIR,
    Deployment,
    image_steps,
    server_options,
)
from cloche_server.hosting.image import Step

_Secrets = list[modal.Secret]
# Where `add_local_python_source` puts packages.
_SOURCE_DIR = "/root"


def build_app(deployment: Deployment, *, tags: Mapping[str, str] | None = None) -> modal.App:
    """Returns the App with its one server class.

    Args:
        tags: kept with the App; how a later deployment knows what is there.
    """
    app = modal.App(deployment.app_name, tags=dict(tags or {}))
    secrets = [
        modal.Secret.from_name(name, environment_name=deployment.environment)
        for name in deployment.secrets
    ]
    volumes: dict[str, modal.Volume] = {}
    if deployment.weights.kept_in == "volume":
        volumes[MODELS_DIR] = modal.Volume.from_name(
            deployment.weights.volume_name,
            environment_name=deployment.environment,
            create_if_missing=True,
        )
    app.server(
        image=build_image(deployment, secrets),
        secrets=secrets,
        volumes=volumes,  # type: ignore[arg-type]  # invariant in its keys and values there
        **server_options(deployment),
    )(InterpBackend)
    return app


def build_image(deployment: Deployment, secrets: _Secrets) -> modal.Image:
    """The image, step by step as `plan` lists them."""
    image = modal.Image.debian_slim(python_version=deployment.image.python)
    for step in image_steps(deployment):
        image = _BUILD[step.kind](image, step, secrets)
    return image


def _fetch(image: modal.Image, step: Step, secrets: _Secrets) -> modal.Image:
    command = shlex.join(["python", "-m", "cloche_server.models.fetch", *step.values])
    return image.run_commands(f"cd {_SOURCE_DIR} && {command}", secrets=secrets)


_BUILD: dict[str, Callable[[modal.Image, Step, _Secrets], modal.Image]] = {
    "pip_install": lambda image, step, _: image.pip_install(*step.values),
    "apt_install": lambda image, step, _: image.apt_install(*step.values),
    "run_commands": lambda image, step, _: image.run_commands(*step.values),
    "env": lambda image, step, _: image.env(dict(pair.split("=", 1) for pair in step.values)),
    # Copied, not mounted: the image is then whole, and weights can be fetched on top of it.
    "source": lambda image, step, _: image.add_local_python_source(*step.values, copy=True),
    "fetch": _fetch,
}
