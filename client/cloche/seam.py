"""Reach the server's package: no other module of the client names anything of it.

Each name is looked up when it is used, as `seam.NAME`, because its home may import what only the
server's extra brings, torch and modal among it. `extras.require_server` says so in words.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from cloche_server.hosting.app import build_app
    from cloche_server.hosting.deployment import (
        SERVER_NAME,
        Deployment,
        Endpoint,
        Resources,
        Scaling,
        Weights,
        autoscaler,
        deployment_for,
        plan,
    )
    from cloche_server.hosting.image import BUILDER, Image, hf_image
    from cloche_server.hosting.prices import estimate
    from cloche_server.identity.scopes import SCOPES
    from cloche_server.identity.token import Token
    from cloche_server.identity.token_file import TokenFile, revoke, rotate
    from cloche_server.identity.token_record import TokenFault, new_record
    from cloche_server.logs import configure
    from cloche_server.models.demo import prepare_demo_model
    from cloche_server.models.errors import ModelError
    from cloche_server.record.chain import ChainFault
    from cloche_server.record.usage import usage
    from cloche_server.record.verify import verify
    from cloche_server.sandbox.returns import untravelling
    from cloche_server.serve import serve
    from cloche_server.walls.language import LanguageWall, check_technique
    from cloche_server.walls.language.explain import Explainer

__all__ = [
    "BUILDER",
    "SCOPES",
    "SERVER_NAME",
    "ChainFault",
    "Deployment",
    "Endpoint",
    "Explainer",
    "Image",
    "LanguageWall",
    "ModelError",
    "Resources",
    "Scaling",
    "Token",
    "TokenFault",
    "TokenFile",
    "Weights",
    "autoscaler",
    "build_app",
    "check_technique",
    "configure",
    "deployment_for",
    "estimate",
    "hf_image",
    "new_record",
    "plan",
    "prepare_demo_model",
    "revoke",
    "rotate",
    "serve",
    "untravelling",
    "usage",
    "verify",
]

_HOMES: Final = {
    "hosting.app": ("build_app",),
    "hosting.deployment": (
        "SERVER_NAME", "Deployment", "Endpoint", "Resources", "Scaling", "Weights", "autoscaler",
        "deployment_for", "plan",
    ),
    "hosting.image": ("BUILDER", "Image", "hf_image"),
    "hosting.prices": ("estimate",),
    "identity.scopes": ("SCOPES",),
    "identity.token": ("Token",),
    "identity.token_file": ("TokenFile", "revoke", "rotate"),
    "identity.token_record": ("TokenFault", "new_record"),
    "logs": ("configure",),
    "models.demo": ("prepare_demo_model",),
    "models.errors": ("ModelError",),
    "record.chain": ("ChainFault",),
    "record.usage": ("usage",),
    "record.verify": ("verify",),
    "sandbox.returns": ("untravelling",),
    "serve": ("serve",),
    "walls.language": ("LanguageWall", "check_technique"),
    "walls.language.explain": ("Explainer",),
}  # fmt: skip
_HOME: Final = {name: home for home, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> object:
    if name not in _HOME:
        raise AttributeError(f"module 'cloche.seam' has no attribute {name!r}")
    value: object = getattr(import_module(f"cloche_server.{_HOME[name]}"), name)
    return value
