"""`cloche audit verify` and `cloche usage`."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
from cloche_server.identity.spending import Spending
from cloche_server.record import chain
from cloche_server.record.audit_log import AuditLog

from tests.client.cli.test_app import run


@pytest.fixture
def record(tmp_path: Path) -> Path:
    log = AuditLog(tmp_path, Spending())
    for number, token in enumerate(("t1", "t2", "t1")):
        who = {"tenant": "alice", "token": token}
        log.begun(str(number), who)
        log.ended(str(number), {**who, "outcome": "returned", "ran_s": 1.5, "result_bytes": 10})
    log.close()
    return tmp_path


def test_verify(record: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("audit", "verify", "--record", str(record)) == 0
    said = capsys.readouterr()
    assert "lines 1 to 7 in 1 files are as they were written; 0 calls have no end" in said.err
    head = said.out.strip()
    assert run("audit", "verify", "--record", str(record), "--head", head) == 0
    (path,) = chain.files_of(record)
    path.write_bytes(path.read_bytes().replace(b"t2", b"t1"))
    assert run("audit", "verify", "--record", str(record)) == 1
    assert "not as it was written: audit-000001.jsonl, line 5" in capsys.readouterr().err
    assert run("audit", "verify", "--record", str(record / "none")) == 2


def test_usage(record: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("usage", "--record", str(record), "--since", "1h", "--json") == 0
    one, two = json.loads(capsys.readouterr().out)
    assert (one["tenant"], one["token"], one["calls"], one["seconds"]) == ("alice", "t1", 2, 3.0)
    assert (two["token"], two["result_bytes"], two["outcomes"]) == ("t2", 10, {"returned": 1})
    assert run("usage", "--record", str(record)) == 0
    assert "returned 2" in capsys.readouterr().out
    time.sleep(0.02)
    assert run("usage", "--record", str(record), "--since", "0.01s", "--json") == 0
    assert json.loads(capsys.readouterr().out) == []
