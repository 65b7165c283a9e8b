"""The control plane, one for the run: Modal's client keeps its connection for the process."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

pytest.importorskip("modal", reason="pip install 'cloche[modal]'")

from tests.support.modal_control_plane import ControlPlane, running


@pytest.fixture(scope="session")
def served_plane() -> Iterator[ControlPlane]:
    with pytest.MonkeyPatch.context() as patch, running(ControlPlane()) as plane:
        patch.setenv("MODAL_SERVER_URL", plane.url)
        patch.setenv("MODAL_TOKEN_ID", "ak-test")
        patch.setenv("MODAL_TOKEN_SECRET", "as-test")
        patch.delenv("MODAL_ENVIRONMENT", raising=False)
        yield plane


@pytest.fixture
def plane(served_plane: ControlPlane, monkeypatch: pytest.MonkeyPatch) -> ControlPlane:
    """Empty: no apps, no secrets, no refusals."""
    for name in ("MODAL_PROXY_TOKEN_ID", "MODAL_PROXY_TOKEN_SECRET"):
        monkeypatch.delenv(name, raising=False)
    served_plane.reset()
    return served_plane
