"""`cloche repl`, as one types into it."""

from __future__ import annotations

import signal
import subprocess
import sys
import time

from tests.support.server import RunningServer

MAIN = "from cloche.cli import main; main()"


def typed(server: RunningServer, text: str, *options: str) -> tuple[str, str]:
    """What came on stdout, and on stderr."""
    command = [sys.executable, "-c", MAIN, "repl", "--address", server.address, *options]
    done = subprocess.run(command, input=text, capture_output=True, text=True, timeout=240)
    assert done.returncode == 0, done.stderr
    return done.stdout, done.stderr


def test_what_is_typed_stays(server: RunningServer) -> None:
    out, _ = typed(
        server,
        "x = 2\n"
        "def twice(y):\n"
        "    return 2 * y\n"
        "\n"
        "twice(x)\n"
        "_ + 1\n"
        "import torch\n"
        "type(model).__name__\n"
        "torch.ones(2)\n"
        "print('said')\n",
    )
    assert out.splitlines() == ["4", "5", "'LlamaForCausalLM'", "tensor([1., 1.])", "said"]


def test_errors_end_nothing(server: RunningServer) -> None:
    out, err = typed(server, "x = 2\n1 / 0\nx +\nimport socket; socket.socket\nx\n")
    assert out.splitlines() == ["2"]
    assert "ZeroDivisionError" in err
    assert "invalid syntax" in err
    assert "import of 'socket' refused" in err


def test_going_back(server: RunningServer) -> None:
    out, err = typed(server, "x = 1\nx = 2\n:rollback 1\nx\n:rollback\n:rollback 99\n")
    assert out.splitlines() == ["1"]
    assert "takes how many entries" in err
    assert "is not kept" in err


def test_a_session_that_ended_is_replaced(server: RunningServer) -> None:
    out, err = typed(server, "x = 1\nimport time; time.sleep(60)\nx\n1 + 1\n", "--timeout", "1")
    assert "nothing is defined" in err
    assert "NameError" in err
    assert out.splitlines() == ["2"]


def test_ctrl_c_ends_what_runs_and_no_more(server: RunningServer) -> None:
    soon = "import cloche.cli._app as app; app._LEAVE_WITHIN_S = 0.2; app.main()"
    command = [sys.executable, "-c", soon, "repl", "--address", server.address]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as done:
        assert done.stdin is not None
        assert done.stdout is not None
        done.stdin.write("print('begun'); import time; time.sleep(60)\n")
        done.stdin.flush()
        assert done.stdout.readline() == "begun\n"
        done.send_signal(signal.SIGINT)
        time.sleep(1)  # longer than a program that is told to leave has
        out, err = done.communicate("1 + 1\n", timeout=240)
    assert done.returncode == 0, err
    assert "interrupted" in err
    assert out == "2\n"
