"""What comes out of a conversion runs on a server, with both walls up."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from cloche import InterpClient, convert_technique_to_standalone

from tests.client.convert.shapes import SHAPES, Shape
from tests.client.convert.support import plain, run_method

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.client.convert.conftest import Held
    from tests.support.server import RunningServer


@pytest.fixture(scope="module")
def client(server: RunningServer) -> Iterator[InterpClient]:
    with InterpClient(address=server.address, progress=False) as made:
        yield made


@pytest.mark.parametrize("shape", SHAPES, ids=[shape.name for shape in SHAPES])
def test_same_result(shape: Shape, held: Held, client: InterpClient) -> None:
    converted = convert_technique_to_standalone(shape.source)
    view = client.with_options(entry_point=shape.entry)
    expected = run_method(
        shape.source, held, shape.class_name, shape.method, *shape.args, **shape.kwargs
    )
    # The last bits depend on the number of threads.
    assert plain(view.run(converted, *shape.args, **shape.kwargs)) == (
        pytest.approx(expected) if isinstance(expected, float) else expected
    )
