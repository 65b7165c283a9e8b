"""InterpClient(address="https://...", proxy_token=...): callers need nothing else."""

from __future__ import annotations

import ast
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import grpc
import pytest
from cloche import HostingError, InterpClient, InvalidRequestError, ServerUnavailableError
from cloche.modal._edge import edge_at
from cloche.v1 import execution_pb2 as pb

from tests.client.support.fake_server import FakeService, aborting, returning, serving
from tests.support.modal_control_plane import ControlPlane
from tests.support.modal_edge import UNAVAILABLE, Edge

ROOT = Path(__file__).parents[3]
SOURCE = "def f(model, tokenizer): ..."
TOKEN = ("wk", "ws")


def _client(edge: Edge, **options: Any) -> InterpClient:
    return InterpClient(address=edge.url, progress=False, **{"proxy_token": TOKEN, **options})


@pytest.fixture
def asked(edge: Edge, plane: ControlPlane) -> Edge:
    """Modal's own API refuses everybody from here on: nobody who has a URL asks it."""
    plane.requests.clear()
    plane.dead = True
    return edge


def test_a_url_and_a_token_are_enough(
    asked: Edge, plane: ControlPlane, service: FakeService
) -> None:
    service.handler = returning(5)
    with serving(service) as address, _client(asked) as client:
        asked.on_demand = lambda: setattr(asked, "backend", int(address.rpartition(":")[2]))
        assert client.run(SOURCE) == 5
    assert asked.turned_away >= 1
    assert (asked.requests[-1]["modal-key"], asked.requests[-1]["modal-secret"]) == TOKEN
    assert not plane.requests


def test_host_and_port_with_a_token_mean_tls(asked: Edge, service: FakeService) -> None:
    service.handler = returning(6)
    with (
        serving(service) as address,
        InterpClient(address=f"localhost:{asked.port}", proxy_token=TOKEN) as client,
    ):
        asked.backend = int(address.rpartition(":")[2])
        assert client.run(SOURCE) == 6


def test_modals_library_is_not_even_imported() -> None:
    program = (
        "import sys, cloche\n"
        "cloche.InterpClient(address='https://probe.invalid', proxy_token=('a', 'b')).close()\n"
        "print([m for m in sys.modules if m.split('.')[0] in ('modal', 'modal_proto')])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout == "[]\n"


@pytest.mark.parametrize("form", [429, 502, 503, 504, UNAVAILABLE])
def test_what_the_proxy_says_of_when_to_come_back_is_kept(
    asked: Edge, service: FakeService, form: int
) -> None:
    service.handler = returning(7)
    asked.turns_away_with, asked.retry_after = form, 2
    began = time.monotonic()
    with serving(service) as address, _client(asked) as client:
        asked.on_demand = lambda: (
            setattr(asked, "backend", int(address.rpartition(":")[2]))
            if time.monotonic() - began > 1.5
            else None
        )
        assert client.run(SOURCE) == 7
    # A question, one page for its headers, and one question after the pause.
    assert asked.turned_away <= 3
    assert time.monotonic() - began >= 2


def test_a_wrong_token(asked: Edge) -> None:
    with (
        _client(asked, proxy_token=("wk", "no")) as client,
        pytest.raises(HostingError, match=r"proxy token was refused.*proxy-tokens create"),
    ):
        client.run(SOURCE)


def test_nobody_within_ready_timeout(asked: Edge) -> None:
    with (
        _client(asked, ready_timeout=0.5) as client,
        pytest.raises(ServerUnavailableError, match="last known: waiting for a container"),
    ):
        client.run(SOURCE)


def test_a_container_that_is_about_to_end(asked: Edge, service: FakeService) -> None:
    """It answers no question, and a call is not sent again where it may have begun."""
    service.handler = aborting(grpc.StatusCode.CANCELLED, "CANCELLED")
    with serving(service) as address, _client(asked) as client:
        asked.backend = int(address.rpartition(":")[2])
        with pytest.raises(ServerUnavailableError, match="came upon a container that was about to"):
            client.run(SOURCE)
    assert len(service.calls) == 1


def test_a_server_that_stops_is_waited_past(asked: Edge, service: FakeService) -> None:
    stopping = FakeService()
    stopping.states = [(pb.SERVER_STATE_STOPPING, "", None)]
    service.handler = returning(9)
    with serving(stopping) as old, serving(service) as new, _client(asked) as client:
        asked.backend = int(old.rpartition(":")[2])

        def replace() -> None:
            asked.cut()
            asked.backend = int(new.rpartition(":")[2])

        threading.Timer(1.0, replace).start()
        assert client.run(SOURCE) == 9
    assert not stopping.calls


def test_a_stopped_app(asked: Edge) -> None:
    asked.gone = True
    with _client(asked) as client, pytest.raises(HostingError, match="ask whoever deployed it"):
        client.run(SOURCE)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"address": "https://"}, "with TLS it must be 'https://host'"),
        ({"address": "https://h/path"}, "with TLS it must be 'https://host'"),
        ({"address": "https://h:99999"}, "with TLS it must be 'https://host'"),
        ({"address": "http://h"}, "or 'https://host'"),
        ({"address": "unix:/s", "proxy_token": TOKEN}, "with TLS it must be 'https://host'"),
        ({"address": "https://h", "proxy_token": "wk"}, "pair of texts"),
        ({"model_name": "m", "proxy_token": TOKEN}, "proxy_token: for an app on Modal"),
        ({"address": "h:1", "environment": "prod"}, "environment: for an app on Modal"),
    ],
)
def test_wrong(options: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidRequestError, match=message):
        InterpClient(**options)


def test_the_environments_token_is_for_modals_hosts_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MODAL_PROXY_TOKEN_ID", "wk")
    monkeypatch.setenv("MODAL_PROXY_TOKEN_SECRET", "ws")
    assert edge_at("https://team--probe.us-east.modal.direct").token == TOKEN
    assert edge_at("https://team--probe.modal.run").token == TOKEN
    for other in ("https://elsewhere.invalid", "https://modal.direct.elsewhere.invalid"):
        assert edge_at(other).token is None
    assert "ws" not in repr(edge_at("https://team--probe.modal.run"))


@pytest.mark.parametrize(
    ("package", "seam"),
    [
        ("client/cloche", "client/cloche/modal/_remote.py"),
        ("server/cloche_server", "server/cloche_server/hosting/backend.py"),
    ],
)
def test_nothing_but_one_line_imports_the_tunnel(package: str, seam: str) -> None:
    found = [
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / package).rglob("*.py")
        if "tunnel" not in path.relative_to(ROOT).parts
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ImportFrom) and ".tunnel" in (node.module or "")
    ]
    assert found == [seam]


def test_certificates_that_cannot_be_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", "/no/such/file")
    with pytest.raises(InvalidRequestError, match="tls: cannot read /no/such/file: No such file"):
        edge_at("https://team--probe.modal.run").channel([])
