"""What a machine lacks is a sentence."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest
from cloche_server import machine


def test_this_machine_lacks_nothing() -> None:
    assert machine.lacking() is None


def test_no_proc(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os.path, "exists", lambda path: False)
    assert "there is no /proc" in (machine.lacking() or "")


def test_no_directory_for_temporary_files(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    gone = str(tmp_path / "gone")
    monkeypatch.setattr(tempfile, "tempdir", None)
    monkeypatch.setattr(tempfile, "_candidate_tempdir_list", lambda: [gone])
    assert "let TMPDIR name it" in (machine.lacking() or "")
