"""The name of a Unix socket is never taken from a server that lives, nor away from another."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest
from cloche_server.listening_socket import AddressTaken, SocketName


def listening(path: Path | str) -> socket.socket:
    made = socket.socket(socket.AF_UNIX)
    made.bind(str(path))
    made.listen()
    return made


def taken(path: Path) -> tuple[socket.socket, SocketName]:
    name = SocketName.of(f"unix:{path}")
    name.require_free()
    return listening(name.hidden), name


def test_a_name_is_taken_and_given_up(tmp_path: Path) -> None:
    path = tmp_path / "s"
    made, name = taken(path)
    with made:
        held = name.take()
        assert not name.hidden.exists()
        with socket.socket(socket.AF_UNIX) as peer:
            peer.connect(str(path))
        held.give_up()
        held.give_up()
    assert os.listdir(tmp_path) == []


def test_a_living_server_keeps_its_name(tmp_path: Path) -> None:
    path = tmp_path / "s"
    with listening(path):
        with pytest.raises(AddressTaken, match="a server listens at"):
            SocketName.of(f"unix:{path}").require_free()
        assert path.exists()


def test_one_that_is_too_busy_to_answer_lives_too(tmp_path: Path) -> None:
    path = tmp_path / "s"
    peers = []
    with listening(path) as made:
        made.listen(0)
        for _ in range(4):
            peer = socket.socket(socket.AF_UNIX)
            peer.setblocking(False)
            peers.append(peer)
            try:
                peer.connect(str(path))
            except BlockingIOError:
                break
        with pytest.raises(AddressTaken):
            SocketName.of(f"unix:{path}").require_free()
        for peer in peers:
            peer.close()


def test_what_a_dead_server_left_is_removed(tmp_path: Path) -> None:
    path = tmp_path / "s"
    listening(path).close()
    made, name = taken(path)
    with made:
        name.take().give_up()
    assert not path.exists()


@pytest.mark.parametrize("kind", ["file", "directory", "link"])
def test_anything_else_in_the_way_is_left_there(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "s"
    if kind == "file":
        path.write_text("precious")
    elif kind == "directory":
        path.mkdir()
    else:
        path.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(AddressTaken, match="in the way"):
        SocketName.of(f"unix:{path}").require_free()
    assert path.is_symlink() or path.exists()


def test_who_comes_second_does_not_take_it_and_leaves_nothing(tmp_path: Path) -> None:
    path = tmp_path / "s"
    first, name = taken(path)
    second, later = taken(path)
    with first, second:
        held = name.take()
        with pytest.raises(AddressTaken):
            later.take()
        assert os.listdir(tmp_path) == ["s"]
        held.give_up()


def test_another_servers_socket_is_not_given_up(tmp_path: Path) -> None:
    path = tmp_path / "s"
    made, name = taken(path)
    with made:
        held = name.take()
        path.unlink()
        with listening(path):
            held.give_up()
            assert path.exists()


def test_a_path_as_long_as_can_be(tmp_path: Path) -> None:
    room = 107 - len(os.fsencode(tmp_path)) - 1
    path = tmp_path / ("s" * room)
    made, name = taken(path)
    with made:
        name.take().give_up()
