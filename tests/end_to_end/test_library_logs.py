"""What libraries warn of during a call reaches its caller as what it is, once, and nothing else."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from cloche import InterpClient, Log, Output, TechniqueError

from tests.support.server import Raised, Returned, RunningServer

CACHE = """
def f(model, tokenizer):
    for _ in range(3):
        out = model(**tokenizer("one two", return_tensors="pt"), use_cache=True)
        out.past_key_values
    return 1
"""
GREEDY = """
def f(model, tokenizer):
    ids = tokenizer("one", return_tensors="pt")
    model.generate(**ids, do_sample=False, temperature=0.5, max_new_tokens=2)
    return 1
"""
LENGTHS = """
def f(model, tokenizer):
    model.generate(**tokenizer("one", return_tensors="pt"), max_length=9, max_new_tokens=2)
    return 1
"""
TOO_LONG = "def f(model, tokenizer):\n    tokenizer('word ' * 4000)\n    return 1"
LOGARITHM = """
import numpy as np
def f(model, tokenizer):
    for _ in range(3):
        np.log(np.array([0.0]))
    return 1
"""


@pytest.fixture(scope="module")
def client(server: RunningServer) -> InterpClient:
    return InterpClient(address=server.address)


@pytest.mark.parametrize(
    ("source", "said"),
    [
        (CACHE, "`past_key_values`"),
        (GREEDY, "['temperature']"),
        (LENGTHS, "`max_new_tokens` will take precedence"),
        (TOO_LONG, "longer than the specified maximum sequence length"),
        (LOGARITHM, "RuntimeWarning: divide by zero encountered in log"),
    ],
)
def test_a_warning_is_a_log(client: InterpClient, source: str, said: str) -> None:
    for _ in range(2):  # and again in another call
        events = list(client.stream(source))
        logs = [event for event in events if isinstance(event, Log)]
        assert [log.level for log in logs] == ["warning"]
        assert said in logs[0].text
        assert "cloche_server" not in logs[0].text
        assert not [event for event in events if isinstance(event, Output)]


def test_run_shows_it_on_stderr(client: InterpClient, capsys: pytest.CaptureFixture[str]) -> None:
    assert client.run(LOGARITHM) == 1
    shown = capsys.readouterr()
    assert shown.err == "warning: RuntimeWarning: divide by zero encountered in log\n"
    assert shown.out == ""
    client.with_options(quiet=True).run(LOGARITHM)
    assert capsys.readouterr().err == ""


def test_a_map_shows_it_once(client: InterpClient, capsys: pytest.CaptureFixture[str]) -> None:
    source = LOGARITHM.replace("tokenizer)", "tokenizer, x)")
    assert client.map(source, range(4), concurrency=2) == [1] * 4
    assert capsys.readouterr().err.count("divide by zero") == 1


def test_a_unary_call_has_them_too(server: RunningServer) -> None:
    from cloche.v1 import execution_pb2 as pb

    from tests.support.server import request

    response = server.stub.Execute(pb.ExecuteRequest(call=request(GREEDY)))
    (log,) = response.logs
    assert log.level == pb.LOG_LEVEL_WARNING
    assert "temperature" in log.text
    assert not response.outputs


PANIC = "tokenizer(['a'], padding='max_length', max_length=2**62)"


def test_a_panic_in_rust_is_an_ordinary_exception(server: RunningServer) -> None:
    outcome = server.execute(f"def f(model, tokenizer):\n    return {PANIC}")
    assert isinstance(outcome, Raised), outcome
    assert (outcome.type, outcome.message) == ("RuntimeError", "capacity overflow")
    caught = server.execute(
        f"def f(model, tokenizer):\n    try:\n        {PANIC}\n"
        "    except Exception as error:\n        return str(error)"
    )
    assert isinstance(caught, Returned), caught
    assert caught.value == "capacity overflow"


def test_a_panic_as_its_caller_sees_it(client: InterpClient) -> None:
    with pytest.raises(TechniqueError) as caught:
        client.run(f"def f(model, tokenizer):\n    return {PANIC}")
    assert "stack backtrace" not in str(caught.value)
    assert "panicked at" not in str(caught.value)


@pytest.mark.parametrize("before", ["", "import grpc\n"])
def test_an_embedded_client_that_nobody_closes(tiny_model: Path, before: str) -> None:
    """gRPC used to log the server's goodbye at exit."""
    program = (
        f"{before}from cloche import InterpClient\n"
        f"client = InterpClient(model_name={str(tiny_model)!r})\n"
        "print(client.run('def f(model, tokenizer): return 1'))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=120, check=True
    )
    assert (done.stdout, done.stderr) == ("1\n", "")


OWN = """
import logging
import traceback
logging.basicConfig(level=logging.INFO)
log = logging.getLogger("probe")
def f(model, tokenizer):
    for each in range(120):
        log.info("step %d", each)
    try:
        {}["gone"]
    except KeyError:
        return traceback.format_exc()
"""


def test_records_of_its_own_are_logs_and_then_lines_of_stderr(client: InterpClient) -> None:
    events = list(client.stream(OWN))
    logs = [event for event in events if isinstance(event, Log)]
    assert [log.text for log in logs] == [f"probe: step {each}" for each in range(100)]
    assert {log.level for log in logs} == {"info"}
    printed = "".join(event.text for event in events if isinstance(event, Output))
    assert printed.splitlines() == [f"INFO: probe: step {each}" for each in range(100, 120)]


def test_a_traceback_that_is_asked_for_shows_the_techniques_own_lines(client: InterpClient) -> None:
    text = client.run(OWN)
    assert '{}["gone"]' in text
    assert "KeyError: 'gone'" in text
    assert ".py" not in text
