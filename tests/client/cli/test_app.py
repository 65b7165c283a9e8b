"""The command line as a whole: help, version, exit codes, errors without our own tracebacks."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator

import grpc
import pytest
from cloche.cli import main
from cloche.cli._exit import code_of
from cloche.contract import errors
from cloche.contract.status import Reason
from cloche.v1 import execution_pb2 as pb

from tests.client.support.fake_server import (
    FakeService,
    aborting,
    accepted,
    failing,
    printed,
    refusing,
    returning,
)

CLI = (sys.executable, "-c", "from cloche.cli import main; main()")


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

    monkeypatch.setattr("cloche.client.interp_client.InterpClient.run", interrupted)
    assert run("run", technique, "-a", address) == 130


@pytest.mark.parametrize("times", [1, 2])
def test_control_c_in_a_call(
    service: FakeService, address: str, technique: str, times: int
) -> None:
    """The second one does not wait for what the first began."""
    begun = threading.Event()

    def silent(call: pb.Call, context: grpc.ServicerContext) -> Iterator[pb.ExecuteStreamResponse]:
        yield accepted(call)
        begun.set()
        service.cancelled.wait(30)

    service.handler = silent
    command = [*CLI, "run", technique, "-a", address]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert begun.wait(30)
        for _ in range(times):
            process.send_signal(signal.SIGINT)
            time.sleep(0.01)
        _, err = process.communicate(timeout=20)
    # A shell shows both as 130: the second may come when Python has let go of signals.
    assert process.returncode in ((130,) if times == 1 else (130, -signal.SIGINT))
    assert b"Traceback" not in err


def test_a_stream_that_lacks_characters(service: FakeService, address: str, technique: str) -> None:
    service.handler = returning({"é": ["☃", "→" * 300], "x": list(range(50))}, printed("naïve\n"))
    env = {**os.environ, "PYTHONIOENCODING": "ascii"}
    command = [*CLI, "run", technique, "-a", address]
    shown = subprocess.run(command, env=env, capture_output=True, check=True)
    assert shown.stderr == b""
    assert shown.stdout.startswith(b"na\\xefve\n")
    shown = subprocess.run([*command, "--json"], env=env, capture_output=True, check=True)
    assert shown.stderr == b"na\\xefve\n"
    assert json.loads(shown.stdout.decode("ascii"))["é"][0] == "☃"


def test_help_names_the_extra_of_pictures(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("run", "--help") == 0
    assert "cloche[plots]" in capsys.readouterr().out
