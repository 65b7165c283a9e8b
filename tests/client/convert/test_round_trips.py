"""The function gives what the method gave, on a real model."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from cloche import convert_technique_to_standalone

from tests.client.convert.shapes import SHAPES, Shape
from tests.client.convert.support import entry_points, run_function, run_method

if TYPE_CHECKING:
    from tests.client.convert.conftest import Held


@pytest.mark.parametrize("shape", SHAPES, ids=[shape.name for shape in SHAPES])
def test_same_result(shape: Shape, held: Held) -> None:
    before = run_method(
        shape.source, held, shape.class_name, shape.method, *shape.args, **shape.kwargs
    )
    after = run_function(shape.source, held, shape.entry, *shape.args, **shape.kwargs)
    assert before is not None
    assert after == before


@pytest.mark.parametrize("shape", SHAPES, ids=[shape.name for shape in SHAPES])
def test_entry_points(shape: Shape) -> None:
    converted = convert_technique_to_standalone(shape.source)
    assert sorted(entry_points(converted)) == sorted(shape.public or (shape.entry,))
