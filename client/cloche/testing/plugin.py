"""The pytest plugin. It is loaded in every run where Cloche is installed, and imports nothing but
pytest until a fixture of its own is asked for.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from cloche.client.interp_client import InterpClient


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("cloche")
    group.addoption(
        "--cloche-address",
        metavar="ADDRESS",
        help="a running server for techniques: host:port or unix:/path (or CLOCHE_ADDRESS)",
    )
    group.addoption(
        "--cloche-model",
        metavar="MODEL",
        help="start a server for this model, a directory or a name (or CLOCHE_MODEL); with an "
        "address, one of its models",
    )
    group.addoption(
        "--cloche-update",
        action="store_true",
        help="write snapshots of techniques as they are now, as --snapshot-update does",
    )


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("--cloche-update"):
        config.option.update_snapshots = True


@pytest.fixture(scope="session")
def cloche_client(pytestconfig: pytest.Config) -> Iterator[InterpClient]:
    """A client whose calls are deterministic; of a running server, or of one of its own."""
    address = pytestconfig.getoption("--cloche-address") or os.environ.get("CLOCHE_ADDRESS")
    model = pytestconfig.getoption("--cloche-model") or os.environ.get("CLOCHE_MODEL")
    if not address and not model:
        pytest.fail(
            "cloche_client has no server: give --cloche-address host:port (or CLOCHE_ADDRESS) of "
            "one that runs, or --cloche-model NAME (or CLOCHE_MODEL) to start one",
            pytrace=False,
        )
    from cloche import InterpClient

    with InterpClient(address=address or None, model_name=model or None, progress=False) as client:
        yield client.with_options(deterministic=True)


@pytest.fixture
def technique_snapshot(
    cloche_client: InterpClient, request: pytest.FixtureRequest
) -> Callable[..., Any]:
    """What a result is compared with: `assert result == technique_snapshot(rtol=1e-4)`.

    Takes rtol and atol, for floating-point numbers (the rest has to be equal), and top_k: of the
    last axis of each array only the k largest are compared, and which of equal ones they are is
    of no concern.
    """
    try:
        syrupy = request.getfixturevalue("snapshot")
    except pytest.FixtureLookupError:
        pytest.fail("technique_snapshot needs syrupy: pip install 'cloche[test]'", pytrace=False)
    from cloche.testing import _snapshots

    return _snapshots.maker(syrupy, cloche_client)
