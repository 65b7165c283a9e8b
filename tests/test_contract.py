"""The wire contract: generated code is what the definitions say, and no change breaks a caller."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
BIN = Path(sys.executable).parent


def run(*arguments: str, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "PATH": f"{BIN}:{os.environ['PATH']}"}
    return subprocess.run(arguments, cwd=cwd, env=env, capture_output=True, text=True)


def test_generated_code_is_up_to_date(tmp_path: Path) -> None:
    (tmp_path / "client").mkdir()
    for name in ("proto", "buf.yaml", "buf.gen.yaml"):
        (tmp_path / name).symlink_to(ROOT / name)
    done = run("buf", "generate", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    done = run(
        sys.executable, "-m", "grpc_tools.protoc", "--proto_path=proto",
        "--grpc_python_out=client", "cloche/v1/execution.proto", cwd=tmp_path,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    fresh = {path.name: path.read_text() for path in (tmp_path / "client/cloche/v1").iterdir()}
    assert len(fresh) == 4
    for name, text in fresh.items():
        assert (ROOT / "client/cloche/v1" / name).read_text() == text, f"run `make proto`: {name}"


def test_no_change_breaks_callers() -> None:
    """Against the last commit that differs: the parent where the definitions are as committed."""
    if run("git", "rev-parse", "--git-dir").returncode:
        pytest.skip("not a git checkout")
    changed = run("git", "diff", "--quiet", "HEAD", "--", "proto").returncode
    base = "HEAD" if changed else "HEAD~1"
    if run("git", "cat-file", "-e", f"{base}:proto/cloche/v1/execution.proto").returncode:
        pytest.skip(f"{base} has no contract to compare with")
    done = run("buf", "breaking", "--against", f".git#ref={base}")
    assert done.returncode == 0, done.stdout + done.stderr
