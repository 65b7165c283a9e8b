"""What a server logs of itself and of calls."""

from __future__ import annotations

import datetime
import json
import logging
from collections.abc import Iterator

import pytest
from cloche.contract.status import Reason
from cloche_server.front.audit import Record
from cloche_server.ipc import job
from cloche_server.logs import Format, configure
from cloche_server.refusal import Refusal

PEER = "ipv4:127.0.0.1:40112"


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    handlers, level = list(logging.root.handlers), logging.root.level
    yield
    logging.root.handlers[:] = handlers
    logging.root.setLevel(level)


def one_call(record: Record) -> None:
    record.begins()
    record.used(ran_s=0.5, memory_peak_bytes=4096, output_bytes=3, result_bytes=5)
    record.close("raised E one")


def lines(capsys: pytest.CaptureFixture[str]) -> list[str]:
    return capsys.readouterr().err.splitlines()


def record() -> Record:
    return Record(
        "call", b"\xab" * 32, caller=PEER, model="tiny", entry_point="f", arguments_bytes=7
    )


@pytest.mark.parametrize("form", ["text", "json"])
def test_a_call_is_one_line(form: Format, capsys: pytest.CaptureFixture[str]) -> None:
    configure("info", form)
    made = record()
    one_call(made)
    made.close("cancelled")
    (line,) = lines(capsys)
    if form == "json":
        found = json.loads(line)
        assert found["call_id"] == made.call_id
        assert found["source"] == "ab" * 8
        assert (found["outcome"], found["memory_peak_bytes"]) == ("raised E one", 4096)
        assert found["queued_s"] <= found["seconds"]
        assert found["caller"] == PEER
        sizes = [found[f"{what}_bytes"] for what in ("arguments", "output", "result")]
        assert sizes == [7, 3, 5]
        when = datetime.datetime.fromisoformat(found["time"])
        assert when.utcoffset() is not None
    else:
        begin = f"call_id={made.call_id} caller={PEER} source={'ab' * 8} model=tiny entry_point=f"
        assert begin in line
        assert "memory_peak_bytes=4096 output_bytes=3 result_bytes=5" in line
        assert 'outcome="raised E one"' in line


@pytest.mark.parametrize(
    ("reason", "level"),
    [
        (Reason.POLICY, "info"),
        (Reason.TIMEOUT, "warning"),
        (Reason.SANDBOX_DIED, "warning"),
        (Reason.MODEL_PROCESS_DIED, "error"),
    ],
)
def test_its_level_is_how_it_ended(
    reason: Reason, level: str, capsys: pytest.CaptureFixture[str]
) -> None:
    configure("info", "json")
    record().refused(Refusal(reason, "no"))
    assert json.loads(lines(capsys)[0])["level"] == level
    configure("warning", "json")
    record().close("returned")
    assert lines(capsys) == []


def test_a_refusal_names_what_was_refused(capsys: pytest.CaptureFixture[str]) -> None:
    configure("info", "json")
    fact = job.DiagnosticFact("import-refused", "import of 'os' refused\nx", "h", 3, 1, 3, 2)
    refusal = Refusal(Reason.POLICY, "no", diagnostics=[fact])
    record().refused(refusal)
    found = json.loads(lines(capsys)[0])
    assert (found["refused"], found["refused_line"]) == ("import-refused", 3)
    assert found["refused_what"] == "import of 'os' refused\\nx"
    configure("info", "text")
    record().refused(refusal)
    (line,) = lines(capsys)
    assert "refused=import-refused refused_line=3 refused_what=\"import of 'os' refused" in line


def test_a_line_cannot_be_forged(capsys: pytest.CaptureFixture[str]) -> None:
    configure("info", "text")
    made = Record("call", b"x", caller=PEER, model='m"\nINFO forged', entry_point="f")
    made.close('raised E" outcome=returned')
    (line,) = lines(capsys)
    assert 'model="m\'\\nINFO forged"' in line
    assert line.count("outcome=") == 2
    assert 'outcome="raised E\' outcome=returned"' in line
