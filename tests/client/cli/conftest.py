"""A technique in a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """No waiting for servers that are not there, no address from outside, wide lines."""
    monkeypatch.setattr("cloche.client.connection._PROBE_S", 0.2)
    monkeypatch.delenv("CLOCHE_ADDRESS", raising=False)
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setattr("cloche.cli._connect.CONNECT_TIMEOUT_S", 0.5)


@pytest.fixture
def technique(tmp_path: Path) -> str:
    path = tmp_path / "probe.py"
    path.write_text(
        "def probe(model, tokenizer, *args, **kwargs):\n"
        "    return {'args': args, 'kwargs': kwargs}\n\n"
        "def other(model, tokenizer):\n    return 'other'\n"
    )
    return str(path)
