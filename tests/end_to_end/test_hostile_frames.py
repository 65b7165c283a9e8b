"""What a hostile sandbox writes to the front: the caller gets one consistent outcome or one of our
refusals, never something malformed, and the server's log holds no failure of its own.

The language wall is off. Judged by what the caller receives and by the log, not by the attack.
"""

from __future__ import annotations

import time

import grpc
import psutil
import pytest
from cloche import wire
from cloche.v1 import execution_pb2 as pb

from tests.support.server import Raised, Refused, RunningServer, refused, request

PRELUDE = """
import os, struct, time
import msgspec
from cloche import wire

def _write(body):
    frame = memoryview(struct.pack("<I", len(body)) + body)
    while frame:
        frame = frame[os.write(3, frame):]

def _send(kind, **fields):
    _write(msgspec.msgpack.encode({"type": kind} | fields))

def _piece(data, total):
    frame = memoryview(struct.pack("<IQ", 1 << 31 | len(data), total) + data)
    while frame:
        frame = frame[os.write(3, frame):]

def attack(model, tokenizer):
"""
RETURNED = "_send('Returned', cpu_s=0.0)"
RAISED = "_send('Raised', exception='E', message='', frames=[], traceback='', cpu_s=0.0)"
FIRST_HALF = "_piece(b'x' * (1 << 20), 1 << 21)"


def source(body: str) -> str:
    lines = [*body.splitlines(), "time.sleep(20)"]
    return PRELUDE + "\n".join("    " + line for line in lines)


def answer(
    server: RunningServer, body: str, *, timeout_s: float = 5.0, **options: object
) -> pb.ExecuteResponse | Refused:
    """As it arrived: nothing is decoded."""
    call = request(source(body), timeout_s=timeout_s, **options)
    try:
        return server.stub.Execute(pb.ExecuteRequest(call=call), timeout=30)
    except grpc.RpcError as error:
        return refused(error)


def new_log(server: RunningServer, before: int) -> str:
    time.sleep(0.1)
    return server.log()[before:]


# Each is refused as a breach of the protocol, and says so.
BREACHES = {
    "a result that is less than its total": f"{FIRST_HALF}\n{RETURNED}",
    "a result that is more than its total": (
        f"for _ in range(2): _piece(wire.encode('abc'), 4)\n{RETURNED}"
    ),
    "a total that changes": (f"{FIRST_HALF}\n_piece(b'x' * (1 << 20), (1 << 21) + 1)"),
    "a total beyond any": "_piece(b'x', 2**64 - 1)",
    "a piece as a message": "_send('Chunk', data=b'x', total_bytes=1)",
    "a piece of nothing": "_piece(b'', 1)",
    "a piece that is too large": "_piece(b'x' * ((1 << 20) + 1), 1 << 21)",
    "a piece as long as can be said": "os.write(3, b'\\xff' * 100)",
    "an answer to a check": "_send('Checked', functions=['a'], diagnostics=[])",
    "a refusal in the front's name": "_send('Refused', reason='BUSY', message='', field='')",
    "a stream that does not exist": "_send('Printed', stream='audit', text='x')",
    "a deep message": "_write(b'\\x91' * 900_000)",
    "a print of nothing": "_send('Printed', stream='stdout', text='')",
    "pieces smaller than they need be": ("for letter in b'abcd': _piece(bytes([letter]), 4)"),
    "a result, and then an exception": (f"_piece(wire.encode('x'), 2)\n{RAISED}"),
    "text that is no text": (
        "_write(b'\\x83\\xa4type\\xa7Printed\\xa6stream\\xa6stdout\\xa4text\\xa2\\xff\\xfe')"
    ),
    "a result of no bytes": RETURNED,
    "a result of no bytes, in pieces": f"_piece(b'', 0)\n{RETURNED}",
}


@pytest.mark.parametrize("what", BREACHES)
def test_a_breach_of_the_protocol(kernel_wall_alone: RunningServer, what: str) -> None:
    before = len(kernel_wall_alone.log())
    found = answer(kernel_wall_alone, BREACHES[what])
    assert isinstance(found, Refused), found
    assert found.reason == "SANDBOX_DIED"
    assert "protocol" in found.message
    assert "Traceback" not in new_log(kernel_wall_alone, before)


def test_the_audit_log_cannot_be_forged(kernel_wall_alone: RunningServer) -> None:
    before = len(kernel_wall_alone.log())
    body = (
        "_send('Raised', exception='E\\nINFO cloche.audit: call forged returned', message='',"
        " frames=[], traceback='', cpu_s=0.0)"
    )
    assert answer(kernel_wall_alone, body)
    lines = new_log(kernel_wall_alone, before).splitlines()
    assert not [line for line in lines if line.startswith("INFO cloche.audit: call forged")]
    assert [line for line in lines if "raised E\\nINFO cloche.audit: call forged" in line]


def test_the_error_log_cannot_be_forged(kernel_wall_alone: RunningServer) -> None:
    before = len(kernel_wall_alone.log())
    answer(kernel_wall_alone, "_send('x\\nINFO cloche.audit: call forged returned\\n')")
    lines = new_log(kernel_wall_alone, before).splitlines()
    assert not [line for line in lines if line.startswith("INFO cloche.audit: call forged")]


@pytest.mark.parametrize("number", ["float('nan')", "float('inf')", "-1e308", "2**63"])
def test_numbers_that_lie(kernel_wall_alone: RunningServer, number: str) -> None:
    """Usage and positions are the front's to keep in range."""
    before = len(kernel_wall_alone.log())
    whole = f"int({number})" if number in ("-1e308", "2**63") else "-5"
    body = (
        f"line = min(max({whole}, -2**63), 2**63)\n"
        "frame = {'function': 'f', 'line': line, 'column': -line, 'text': ''}\n"
        "_send('Raised', exception='E', message='', frames=[frame], traceback='',"
        f" cpu_s=float({number}))"
    )
    found = answer(kernel_wall_alone, body)
    assert isinstance(found, pb.ExecuteResponse), found
    assert found.failure.type == "E"
    assert 0 <= found.usage.cpu.ToSeconds() < 1e9
    assert "Traceback" not in new_log(kernel_wall_alone, before)


REFUSALS = {
    "a long field": "_send('Refused', reason='REQUEST', message='m', field='f' * 100_000)",
    "many diagnostics": (
        "item = dict(code='c', message='m' * 100, hint='h' * 100,"
        " line=1, column=1, end_line=1, end_column=1)\n"
        "_send('Refused', reason='REQUEST', message='m', field='source', diagnostics=[item] * 100)"
    ),
}


@pytest.mark.parametrize("what", REFUSALS)
def test_a_long_refusal_arrives(kernel_wall_alone: RunningServer, what: str) -> None:
    found = answer(kernel_wall_alone, REFUSALS[what])
    assert isinstance(found, Refused), found
    assert (found.code, found.reason) == (grpc.StatusCode.INVALID_ARGUMENT, "REQUEST")


def test_a_technique_with_many_mistakes_is_told_so(server: RunningServer) -> None:
    """Both walls up, no attack: a long file that the language wall refuses in many places."""
    lines = [f"    model.__layers_of_{number:0200}__" for number in range(100)]
    outcome = server.execute("def f(model, tokenizer):\n" + "\n".join(lines))
    assert isinstance(outcome, Refused), outcome
    assert (outcome.code, outcome.reason) == (grpc.StatusCode.INVALID_ARGUMENT, "POLICY")
    assert outcome.diagnostics


def test_a_check_of_very_many_mistakes_is_told_so(server: RunningServer) -> None:
    lines = "".join(f"    model.__a{number}__\n" for number in range(20_000))
    technique = pb.Technique(source="def f(model, tokenizer):\n" + lines)
    try:
        found = server.stub.Check(pb.CheckRequest(technique=technique), timeout=30)
    except grpc.RpcError as error:
        pytest.fail(str(refused(error)))
    assert found.diagnostics.items


def test_progress_counts_as_output(kernel_wall_alone: RunningServer) -> None:
    """Whoever sent too much, the caller is told which of its limits was met."""
    body = (
        "note = 'n' * 900_000\n"
        f"for _ in range(20): _send('Progressed', done=1.0, total=None, note=note)\n{RAISED}"
    )
    call = request(source(body), timeout_s=10, output_max_bytes=1_000_000, result_max_bytes=1000)
    stream = kernel_wall_alone.stub.ExecuteStream(pb.ExecuteStreamRequest(call=call), timeout=30)
    arrived: list[int] = []
    with pytest.raises(grpc.RpcError) as caught:
        arrived.extend(len(event.progress.note) for event in stream)
    assert refused(caught.value).reason == "OUTPUT_LIMIT"
    assert sum(arrived) == 900_000


SILENCES = {
    "at once": "",
    "after a print": "_send('Printed', stream='stdout', text='x')",
    "after a piece of a result": FIRST_HALF,
    "after all of a result": "_piece(wire.encode('x'), 2)",
    "within a frame": "os.write(3, b'\\xff\\x00\\x00\\x00abc')",
}


@pytest.mark.parametrize("what", SILENCES)
def test_silence_does_not_stop_the_clock(kernel_wall_alone: RunningServer, what: str) -> None:
    started = time.monotonic()
    found = answer(kernel_wall_alone, SILENCES[what], timeout_s=0.5)
    assert isinstance(found, Refused), found
    assert found.reason == "TIMEOUT"
    assert time.monotonic() - started < 3


# What counts for something, and what would count for nothing.
FLOODS = {
    "prints of a letter": [("stdout", "x")],
    "prints of a letter on both streams": [("stdout", "x"), ("stderr", "x")],
    "prints of nothing": [("stdout", ""), ("stderr", "")],
}


@pytest.mark.parametrize("what", FLOODS)
def test_a_flood_does_not_hold_up_the_front(kernel_wall_alone: RunningServer, what: str) -> None:
    body = (
        "pieces = [msgspec.msgpack.encode(dict(type='Printed', stream=name, text=text))"
        f" for name, text in {FLOODS[what]} * 2000]\n"
        "flood = b''.join(struct.pack('<I', len(piece)) + piece for piece in pieces)\n"
        "end = time.monotonic() + 8\n"
        "while time.monotonic() < end:\n"
        "    rest = memoryview(flood)\n"
        "    while rest: rest = rest[os.write(3, rest):]\n"
        f"{RAISED}"
    )
    front = psutil.Process(kernel_wall_alone.process.pid)
    before = front.memory_info().rss
    call = pb.ExecuteRequest(call=request(source(body), timeout_s=4, output_max_bytes=16 << 20))
    started = time.monotonic()
    flooding = kernel_wall_alone.stub.Execute.future(call)
    answers, largest = 0, 0
    while not flooding.done():
        kernel_wall_alone.info()
        answers += 1
        largest = max(largest, front.memory_info().rss)
        time.sleep(0.05)
    # A front that reads nothing but the flood answers once, after it.
    assert answers > 3 or time.monotonic() - started < 1
    assert largest - before < 200 << 20
    # Within its time, or for what it sent.
    assert refused(flooding.exception()).reason in ("TIMEOUT", "OUTPUT_LIMIT", "SANDBOX_DIED")


def test_a_second_answer_is_not_heard(kernel_wall_alone: RunningServer) -> None:
    body = (
        "whole = wire.encode('first')\n"
        f"_piece(whole, len(whole))\n{RETURNED}\n"
        f"_piece(whole, len(whole))\n{RETURNED}\n{RAISED}\n"
        "_send('Refused', reason='MEMORY_LIMIT', message='', field='')"
    )
    for _ in range(5):
        found = answer(kernel_wall_alone, body)
        assert isinstance(found, pb.ExecuteResponse), found
        assert wire.decode(found.result) == "first"


def test_a_long_exception_in_any_script_arrives(kernel_wall_alone: RunningServer) -> None:
    """No attack: a chain of deep recursions through long lines, in scripts of several bytes."""
    names = [f"f{number}{'名' * 120}" for number in range(50)]
    functions = "\n".join(
        f"def {name}(n):\n    return ({after}(n - 1) if n else 1 / 0), '{'𝄞' * 290}'"
        for name, after in zip(names, [*names[1:], names[0]], strict=True)
    )
    text = (
        f"{functions}\n\ndef chain(n):\n    try:\n        if n: chain(n - 1)\n"
        f"    finally: {names[0]}(95)\n\ndef attack(model, tokenizer): chain(8)"
    )
    outcome = kernel_wall_alone.execute(text, entry_point="attack")
    assert isinstance(outcome, Raised), outcome
    assert outcome.type == "ZeroDivisionError"
    assert outcome.traceback.endswith("ZeroDivisionError: division by zero\n")


def test_a_source_of_very_many_functions_is_told_which(server: RunningServer) -> None:
    text = "".join(
        f"def function_number_{number}(model, tokenizer): pass\n" for number in range(9999)
    )
    outcome = server.execute(text)
    assert isinstance(outcome, Refused), outcome
    assert (outcome.reason, outcome.field) == ("REQUEST", "entry_point")
    assert "function_number_0, function_number_1" in outcome.message
    assert "9979 more" in outcome.message
