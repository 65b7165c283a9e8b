"""Run under gVisor by test_gvisor.py: real techniques on a whole server, both walls up.

CLOCHE_TEST_EXPECTED names a directory with what each technique gave outside, encoded.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from cloche import wire

from tests.gvisor.techniques import CALLS, run
from tests.support import gvisor
from tests.support.server import RunningServer

EXPECTED = Path(os.environ["CLOCHE_TEST_EXPECTED"])


def test_this_is_gvisor() -> None:
    assert gvisor.is_inside()


def test_every_layer_stands_but_the_two_that_need_linux(server: RunningServer) -> None:
    layers = {layer.name: layer for layer in server.info().layers}
    missing = {name for name, layer in layers.items() if not layer.active}
    assert missing <= {"landlock", "empty root"}
    assert "landlock" in missing
    for name in missing:
        assert "Instead: " in layers[name].detail
    for name, hole in [
        ("network namespace", "reach the network"),
        ("pid namespace", "signal other processes"),
        ("user namespace", "read other processes' memory"),
        ("ipc namespace", "attach others' shared memory"),
        ("limits", "outgrow the memory limit"),
    ]:
        assert hole in layers[name].closes, name
    root = layers["empty directory" if "empty root" in missing else "empty root"]
    assert {"read files", "write files", "run programs"} <= set(root.closes)


@pytest.mark.parametrize("name", CALLS)
def test_a_technique_gives_what_it_gives_outside(server: RunningServer, name: str) -> None:
    expected = wire.decode((EXPECTED / name).read_bytes())
    assert wire.encode(run(server, name)) == wire.encode(expected)
