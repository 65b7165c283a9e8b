"""`cloche check`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cloche.v1 import execution_pb2 as pb

from tests.client.cli.test_app import run

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from tests.client.support.fake_server import FakeService


def test_nothing_refused(address: str, technique: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("check", technique, technique, "-a", address) == 0
    assert capsys.readouterr() == ("", "2 files checked, nothing refused\n")


def test_findings_like_a_compiler(
    service: FakeService, address: str, technique: str, capsys: pytest.CaptureFixture[str]
) -> None:
    item = pb.Diagnostic(
        code="c",
        message="'kwargs' refused",
        hint="do not",
        line=2,
        column=29,
        end_line=2,
        end_column=37,
    )
    service.checked = pb.CheckResponse(diagnostics=pb.Diagnostics(items=[item]))
    assert run("check", technique, "-a", address) == 1
    out, err = capsys.readouterr()
    assert out.startswith(f"{technique}:2:29: 'kwargs' refused; do not\n    return")
    assert err == "1 finding\n"


def test_unreadable_file_is_a_finding(address: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("check", "/no/such.py", "-a", address) == 1
    assert "/no/such.py" in capsys.readouterr().out


def test_helpers_that_a_shell_names_are_no_techniques(
    technique: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    helper = tmp_path / "_shared.py"
    helper.write_text("def one(x):\n    return x\n\ndef two(x):\n    return x\n")
    good = tmp_path / "good.py"
    good.write_text("def good(model, tokenizer):\n    return 1\n")
    assert run("check", str(good), str(helper)) == 0
    assert "1 file checked" in capsys.readouterr().err
    assert run("check", str(helper)) == 1
