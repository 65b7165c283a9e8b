"""The command line as a whole: help, version, exit codes, errors without our own tracebacks."""

from __future__ import annotations

import grpc
import pytest
from cloche import errors
from cloche.cli import main
from cloche.cli._exit import code_of
from cloche.status import Reason
from cloche.v1 import execution_pb2 as pb

from tests.client.support.fake_server import FakeService, aborting, failing, refusing


def run(*arguments: str) -> int:
    with pytest.raises(SystemExit) as ended:
        main(list(arguments))
    code = ended.value.code
    return 0 if code is None else int(code)


def test_help_lists_verbs_and_exit_codes(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--help") == 0
    text = " ".join(capsys.readouterr().out.split())
    for word in ("serve", "run", "check", "info", "demo", "Exit codes", "5 no server answers"):
        assert word in text


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--version") == 0
    assert capsys.readouterr().out.startswith("cloche ")


def test_unknown_verb(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("explode") == 2
    assert "explode" in capsys.readouterr().err


def test_every_error_has_a_code() -> None:
    kinds = [k for k in vars(errors).values() if isinstance(k, type) and issubclass(k, Exception)]
    assert {code_of(kind.__new__(kind)) for kind in kinds} == {1, 2, 3, 4, 5, 6, 130}


@pytest.mark.parametrize(
    ("reason", "code"),
    [
        (Reason.POLICY, 3), (Reason.REQUEST, 2), (Reason.TIMEOUT, 4), (Reason.MEMORY_LIMIT, 4),
        (Reason.OUTPUT_LIMIT, 4), (Reason.RESULT_LIMIT, 4), (Reason.SANDBOX_DIED, 6),
        (Reason.CANCELLED, 130), (Reason.MODEL_PROCESS_DIED, 5),
    ],
)  # fmt: skip
def test_refusals(
    service: FakeService, address: str, technique: str, reason: Reason, code: int,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    service.handler = refusing(reason, "what the server says")
    assert run("run", technique, "--address", address) == code
    assert capsys.readouterr().err == "error: what the server says\n"


def test_technique_error(
    service: FakeService, address: str, technique: str, capsys: pytest.CaptureFixture[str]
) -> None:
    service.handler = failing(
        pb.TechniqueFailure(type="ValueError", message="[bold]bad[/] \x1b[31m")
    )
    assert run("run", technique, "-a", address) == 1
    # Neither markup nor control characters of a technique reach the terminal.
    assert capsys.readouterr().err == "error: ValueError: [bold]bad[/] \\x1b[31m\n"


def test_server_away(technique: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("check", technique, "--address", "unix:/nowhere.sock") == 5
    assert "no Cloche server answers at unix:/nowhere.sock" in capsys.readouterr().err


def test_internal_status(
    service: FakeService, address: str, technique: str, capsys: pytest.CaptureFixture[str]
) -> None:
    service.handler = aborting(grpc.StatusCode.INTERNAL, "oops")
    assert run("run", technique, "-a", address) == 5
    assert "Traceback" not in capsys.readouterr().err


def test_interrupt(technique: str, address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*arguments: object, **named: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("cloche._client.InterpClient.run", interrupted)
    assert run("run", technique, "-a", address) == 130
