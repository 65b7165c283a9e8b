"""Cloche on Modal: describe a deployment, deploy it, find it, look after it.

```
from cloche import InterpClient
from cloche.modal import hf_image

client = InterpClient(
    app_name="probe", deploy=True, model_name="gpt2", image=hf_image.apt_install("git")
)
```

Describing one (`hf_image`, `deployment_for`, `plan`) needs no modal; the rest imports it, which
`pip install 'cloche[modal]'` brings.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cloche.modal._deploy import Deployed, deploy, rescale
    from cloche.modal._manage import Status, logs, status, stop
    from cloche.seam import (
        Deployment,
        Endpoint,
        Image,
        Resources,
        Scaling,
        Weights,
        build_app,
        deployment_for,
        estimate,
        hf_image,
        plan,
    )

__all__ = [
    "Deployed",
    "Deployment",
    "Endpoint",
    "Image",
    "Resources",
    "Scaling",
    "Status",
    "Weights",
    "build_app",
    "deploy",
    "deployment_for",
    "estimate",
    "hf_image",
    "logs",
    "plan",
    "rescale",
    "status",
    "stop",
]

_HOMES = {
    "cloche.modal._deploy": ("Deployed", "deploy", "rescale"),
    "cloche.modal._manage": ("Status", "logs", "status", "stop"),
    "cloche.seam": (
        "Deployment", "Endpoint", "Image", "Resources", "Scaling", "Weights", "build_app",
        "deployment_for", "estimate", "hf_image", "plan",
    ),
}  # fmt: skip
_HOME = {name: home for home, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> object:
    if name not in _HOME:
        raise AttributeError(f"module 'cloche.modal' has no attribute {name!r}")
    value: object = getattr(import_module(_HOME[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
