"""Each thing that is wrong with an address is told apart."""

from __future__ import annotations

import dataclasses
import socket
from pathlib import Path

import pytest
from cloche.contract.config import ServerConfig
from cloche_server.serve import serve


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("8.8.8.8:9999", "this machine has no such address"),
        ("host.invalid:9999", "host.invalid is no address and no name that is known"),
        ("unix:/nonexistent/s", "there is no directory /nonexistent"),
        ("unix:/tmp", "/tmp is in the way, and not a socket"),
        (f"unix:/tmp/{'x' * 120}", "a socket's path has at most 107 bytes"),
    ],
)
def test_an_address_that_cannot_be(
    config: ServerConfig, address: str, said: str, capfd: pytest.CaptureFixture[str]
) -> None:
    assert serve(dataclasses.replace(config, listen=address, unprotected=True)) == 1
    assert said in capfd.readouterr().err


def test_a_port_that_is_taken(config: ServerConfig, capfd: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        assert serve(dataclasses.replace(config, listen=address)) == 1
    said = "another process listens there; end it, or choose another port"
    assert f"cannot listen on {address}: {said}" in capfd.readouterr().err


def test_a_file_that_is_no_socket_stays(config: ServerConfig, tmp_path: Path) -> None:
    path = tmp_path / "notes"
    path.write_text("kept")
    assert serve(dataclasses.replace(config, listen=f"unix:{path}")) == 1
    assert path.read_text() == "kept"
