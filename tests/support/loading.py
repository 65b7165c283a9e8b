"""Loads models with settings given by name."""

from __future__ import annotations

from typing import Any

from cloche.contract.config import ModelConfig
from cloche_server.models.load import Loaded
from cloche_server.models.load import load as load_model
from cloche_server.models.local import LocalModel

__all__ = ["Loaded", "load"]


def load(local: LocalModel, **settings: Any) -> Loaded:
    return load_model(local, ModelConfig(name=local.name, **settings))
