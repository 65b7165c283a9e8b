"""Stand-ins take the arguments that they stand in for, by the names in the documentation."""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Callable
from typing import Any

import pytest
from cloche_server.walls.language import LanguageWall
from cloche_server.walls.language.adapters import ADAPTERS
from cloche_server.walls.language.catalogue import resolve
from cloche_server.walls.language.guards import Guards

#: What a stand-in leaves out on purpose, or gets by position from Python itself.
_LEFT_OUT = {
    "copy.deepcopy": {"memo", "_nil"},
    "transformers:PreTrainedModel.set_attn_implementation": {"allow_all_kernels"},
    "torch.nn:Module.__setattr__": {"name", "value"},
}


def _original(key: str) -> Any:
    of, _, name = key.rpartition(".")
    return getattr(resolve(of) if ":" in of else importlib.import_module(of), name)


@pytest.mark.parametrize("key", sorted(ADAPTERS))
def test_parameters_go_by_their_names(key: str, wall: LanguageWall) -> None:
    stand_in: Callable[..., Any] = ADAPTERS[key](Guards(wall.catalogue))
    try:
        original = inspect.signature(_original(key))
        ours = inspect.signature(stand_in)
    except (ValueError, TypeError, ImportError):
        pytest.skip("no signature: C code, or a model that is not here")
    kind = inspect.Parameter
    by_name = [
        each.name
        for each in original.parameters.values()
        if each.kind is kind.POSITIONAL_OR_KEYWORD and each.name != "self"
    ]
    named = {
        each.name
        for each in ours.parameters.values()
        if each.kind in (kind.POSITIONAL_OR_KEYWORD, kind.KEYWORD_ONLY)
    }
    kinds = {each.kind for each in ours.parameters.values()}
    others = kind.VAR_KEYWORD in kinds
    if {kind.VAR_POSITIONAL, kind.VAR_KEYWORD} <= kinds and not named:
        return  # passed on as they are
    # What comes after the first may be taken, or refused by name, among the others.
    lacking = {
        name for name in by_name if name not in named and not (others and name != by_name[0])
    }
    assert lacking <= _LEFT_OUT.get(key, set()), f"{key}{original} but {ours}"
