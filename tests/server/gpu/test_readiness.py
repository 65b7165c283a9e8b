"""A GPU that cannot be served on is refused with what is missing."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
import torch
from cloche.contract.config import ConfigError, ModelConfig, ServerConfig
from cloche_server.gpu import readiness

from tests.server.gpu.conftest import SOURCE
from tests.support.server import start_server
from tests.support.waiting import PATIENCE_S


def test_no_driver() -> None:
    assert "no CUDA driver: libcuda_nowhere" in readiness.why_not(os.fork, "libcuda_nowhere.so.1")


def test_a_library_that_is_no_driver() -> None:
    assert "cuInit" in readiness.why_not(os.fork, "libc.so.6")


def test_a_device_without_what_sharing_needs(tmp_path: Path) -> None:
    text = SOURCE.read_text()
    assert "(a == 102 || a == 103)" in text
    changed = tmp_path / "old.c"
    changed.write_text(text.replace("(a == 102 || a == 103)", "(a == 103)"))
    built = tmp_path / "old.so"
    subprocess.run(["cc", "-shared", "-fPIC", "-o", built, changed], check=True)
    assert "no virtual memory management" in readiness.why_not(os.fork, str(built))


def test_a_torch_without_cuda(libcuda: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.version, "cuda", None)
    assert "built without CUDA" in readiness.why_not(os.fork, libcuda)


def test_what_nobody_has_tried_is_not_served(libcuda: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.version, "cuda", "13.0")
    assert "has run on no device yet" in readiness.why_not(os.fork, libcuda)


def test_weights_on_a_gpu_cannot_be_inherited() -> None:
    with pytest.raises(ConfigError, match=r"weights is 'fork'.*leave it out"):
        ModelConfig(name="some", device="cuda", weights="fork")
    assert ModelConfig(name="some", device="cuda").hands_over
    assert not ModelConfig(name="some").hands_over


def test_a_server_refuses_to_start_and_serves_on_nothing_else(
    tiny_model: Path, tmp_path: Path
) -> None:
    config = ServerConfig(model=ModelConfig(name=str(tiny_model), device="cuda"))
    server = start_server(config, tmp_path)
    try:
        assert server.process.wait(PATIENCE_S) != 0
        assert "cannot be served on device='cuda'" in server.log()
        assert "device='cpu'" in server.log()
    finally:
        server.hang_up()
