"""The control plane, and Modal's proxy before a deployed app."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from cloche.modal import deploy, deployment_for

from tests.support.modal_control_plane import ControlPlane
from tests.support.modal_edge import Edge, self_signed
from tests.support.modal_edge import running as running_edge


@pytest.fixture
def plane(served_plane: ControlPlane, monkeypatch: pytest.MonkeyPatch) -> ControlPlane:
    """Empty: no apps, no secrets, no refusals."""
    for name in ("MODAL_PROXY_TOKEN_ID", "MODAL_PROXY_TOKEN_SECRET"):
        monkeypatch.delenv(name, raising=False)
    served_plane.reset()
    return served_plane


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed")
    return self_signed(tmp_path_factory.mktemp("edge"))


@pytest.fixture
def edge(
    plane: ControlPlane, certificate: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Edge]:
    """Modal's proxy before the app "probe", which is deployed; it wants the token ("wk", "ws")."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))
    with running_edge(Edge(token=("wk", "ws")), *certificate) as made:
        plane.endpoint = made.url
        deploy(deployment_for("probe", "org/tiny"))
        plane.requests.clear()
        yield made
