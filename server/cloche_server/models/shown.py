"""Have a model and its tokenizer call themselves by the name that callers know, not by a path."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import Any


def name_of(name: str) -> str:
    """The name to show: a directory's own, without where it lies."""
    if os.path.isdir(name):
        return os.path.basename(os.path.abspath(name))
    return name


def show_as(name: str, model: Any, tokenizer: Any, paths: Iterable[str]) -> None:
    """Replaces the paths that transformers and peft keep of what they loaded.

    Args:
        paths: the directories that were loaded from.
    """
    places = tuple(paths)
    for module in model.modules():
        _rename(vars(module), name, places)
        for kept in (getattr(module, "config", None), getattr(module, "generation_config", None)):
            _rename(_fields(kept), name, places)
        for kept in _fields(getattr(module, "peft_config", None)).values():
            _rename(_fields(kept), name, places)
    _rename(vars(tokenizer), name, places)
    _rename(_fields(getattr(tokenizer, "init_kwargs", None)), name, places)


def _fields(kept: Any) -> dict[str, Any]:
    """Those of an object, or of what is a dict already."""
    if isinstance(kept, dict):
        return kept
    return vars(kept) if hasattr(kept, "__dict__") else {}


def _rename(fields: dict[str, Any], name: str, paths: tuple[str, ...]) -> None:
    for key, value in fields.items():
        if isinstance(value, str) and any(path and path in value for path in paths):
            fields[key] = name
