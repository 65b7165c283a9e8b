"""The audit log: killed anywhere, each call has an end in it; changed anywhere, it shows."""

from __future__ import annotations

import itertools
import json
import os
import resource
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from cloche_server.identity.spending import HOUR_S, Spending
from cloche_server.record import chain
from cloche_server.record.audit_log import AuditLog, LogTaken
from cloche_server.record.chain import ChainFault
from cloche_server.record.usage import usage
from cloche_server.record.verify import verify

START = 1_000_000.0 * HOUR_S
WHO = {"tenant": "alice", "token": "t", "account": "a"}


class Clock:
    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> float:
        self.now += 0.001
        return self.now


def opened(folder: Path, *, file_bytes: int = 1 << 20) -> tuple[AuditLog, Spending]:
    clock = Clock()
    spending = Spending(clock)
    return AuditLog(folder, spending, file_bytes=file_bytes, clock=clock), spending


def written(folder: Path, calls: int = 5, *, file_bytes: int = 1 << 20) -> Spending:
    """Calls that overlap, each of 2 seconds."""
    log, spending = opened(folder, file_bytes=file_bytes)
    log.begun("0", WHO)
    for number in range(1, calls):
        log.begun(str(number), WHO)
        log.ended(str(number - 1), {**WHO, "outcome": "returned", "ran_s": 2.0})
        spending.charge(tenant="alice", account="a", seconds=2.0)
    log.ended(str(calls - 1), {**WHO, "outcome": "raised 'x'", "ran_s": 2.0})
    spending.charge(tenant="alice", account="a", seconds=2.0)
    log.close()
    return spending


def data(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in chain.files_of(folder))


def test_it_is_as_it_was_written(tmp_path: Path) -> None:
    written(tmp_path)
    found = verify(tmp_path)
    assert (found.files, found.first, found.last, found.open) == (1, 1, 11, ())
    assert verify(tmp_path, head=found.head) == found
    assert os.stat(chain.files_of(tmp_path)[0]).st_mode & 0o077 == 0


@pytest.mark.parametrize("file_bytes", [1 << 20, 600], ids=["one file", "many files"])
def test_killed_after_any_byte_each_call_has_an_end(
    tmp_path: Path, file_bytes: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever of the last file had been written when the server was killed."""
    monkeypatch.setattr(os, "fsync", lambda file: None)  # a thousand of them take a minute
    whole = tmp_path / "whole"
    written(whole, calls=2, file_bytes=file_bytes)
    last = chain.files_of(whole)[-1]
    for length in range(last.stat().st_size + 1):
        folder = tmp_path / "killed"
        shutil.copytree(whole, folder)
        os.truncate(folder / last.name, length)
        log, spending = opened(folder, file_bytes=file_bytes)
        log.begun("next", WHO)
        log.ended("next", {**WHO, "outcome": "returned"})
        log.close()
        found = verify(folder)
        assert (found.open, found.half_line) == ((), False)
        ends = [
            json.loads(line)
            for line in data(folder).splitlines()
            if json.loads(line)["event"] == "ended"
        ]
        assert len({each["call_id"] for each in ends}) == len(ends)
        used = 2.0 * sum(each["outcome"] not in ("lost",) for each in ends if each.get("ran_s"))
        assert spending.of_account("a") == used
        shutil.rmtree(folder)


_WRITER = """
import sys
from pathlib import Path
from cloche_server.record.audit_log import AuditLog
from cloche_server.identity.spending import Spending
log = AuditLog(Path(sys.argv[1]), Spending(), file_bytes=4000)
print("open", flush=True)
for number in range(10**9):
    log.begun(f"{sys.argv[2]}-{number}", {"tenant": "a"})
    if number % 3:
        log.ended(f"{sys.argv[2]}-{number}", {"tenant": "a", "outcome": "returned"})
"""


def test_killed_by_the_kernel_it_is_gone_on_with(tmp_path: Path) -> None:
    for turn in range(3):
        process = subprocess.Popen(
            [sys.executable, "-c", _WRITER, str(tmp_path), str(turn)], stdout=subprocess.PIPE
        )
        assert process.stdout is not None
        assert process.stdout.readline() == b"open\n"
        while len(chain.files_of(tmp_path)) < 3 * (turn + 1):
            assert process.poll() is None
        with pytest.raises(LogTaken, match="a server writes to"):
            opened(tmp_path)
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdout.close()
    log, _ = opened(tmp_path)
    log.close()
    assert verify(tmp_path).open == ()


def _changes(lines: list[bytes]) -> Iterator[tuple[str, list[bytes]]]:
    for index in range(len(lines)):
        changed = lines[index].replace(b"alice", b"alicf") + b" " * (b"alice" not in lines[index])
        yield f"changed {index}", [*lines[:index], changed, *lines[index + 1 :]]
        if index < len(lines) - 1:
            yield f"left out {index}", [*lines[:index], *lines[index + 1 :]]
        yield f"twice {index}", [*lines[: index + 1], *lines[index:]]
    for one, other in itertools.combinations(range(len(lines)), 2):
        swapped = list(lines)
        swapped[one], swapped[other] = swapped[other], swapped[one]
        yield f"swapped {one} {other}", swapped


def test_whatever_is_changed_is_found(tmp_path: Path) -> None:
    written(tmp_path, calls=3)
    (path,) = chain.files_of(tmp_path)
    lines = path.read_bytes().splitlines()
    head = verify(tmp_path).head
    for name, changed in _changes(lines):
        path.write_bytes(b"".join(line + b"\n" for line in changed))
        # Only of the very last line nothing in the log tells; whoever noted its head knows.
        with pytest.raises(ChainFault):
            print(name, verify(tmp_path, head=head))
    path.write_bytes(b"".join(line + b"\n" for line in lines[:-1]))
    assert verify(tmp_path).last == len(lines) - 1
    with pytest.raises(ChainFault, match="no line has the head that was given"):
        verify(tmp_path, head=head)


def test_files_that_are_missing(tmp_path: Path) -> None:
    written(tmp_path, calls=30, file_bytes=1000)
    files = chain.files_of(tmp_path)
    assert len(files) > 4
    head = verify(tmp_path).head
    files[0].unlink()  # kept elsewhere
    found = verify(tmp_path)
    assert found.first > 1
    assert (found.head, found.open) == (head, ())
    files[2].unlink()
    with pytest.raises(ChainFault, match=r"audit-000003\.jsonl is missing"):
        verify(tmp_path)
    with pytest.raises(ChainFault, match="there is no audit log"):
        verify(tmp_path / "..")


def test_what_was_spent_is_known_from_the_last_file_alone(tmp_path: Path) -> None:
    spending = written(tmp_path, calls=30, file_bytes=1000)
    for path in chain.files_of(tmp_path)[:-1]:
        path.unlink()
    log, found = opened(tmp_path, file_bytes=1000)
    log.close()
    assert found.of_account("a") == spending.of_account("a") == 60.0
    assert found.of_tenant("alice", within_s=HOUR_S) == 60.0


def test_a_log_that_somebody_changed_is_not_gone_on_with(tmp_path: Path) -> None:
    written(tmp_path)
    (path,) = chain.files_of(tmp_path)
    path.write_bytes(path.read_bytes().replace(b"returned", b"Returned", 1))
    before = path.read_bytes()
    with pytest.raises(ChainFault, match="does not follow the line before it; keep the files"):
        opened(tmp_path)
    assert path.read_bytes() == before


def test_a_full_disk_leaves_whole_lines(tmp_path: Path) -> None:
    log, _ = opened(tmp_path)
    log.begun("1", WHO)
    (path,) = chain.files_of(tmp_path)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (path.stat().st_size + 50, hard))
        for _ in range(2):
            with pytest.raises(OSError, match=r"part of a line|File too large"):
                log.begun("2", WHO)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, handler)
    log.ended("1", {**WHO, "outcome": "returned"})
    log.close()
    found = verify(tmp_path)
    assert (found.open, found.half_line) == ((), False)


def test_usage_is_by_tenant_and_token_since_a_time(tmp_path: Path) -> None:
    written(tmp_path, calls=4)
    found = usage(tmp_path, since=START)
    assert list(found) == [("alice", "t")]
    used = found["alice", "t"]
    assert (used.calls, used.seconds) == (4, 8.0)
    assert used.outcomes == {"returned": 3, "raised": 1}
    assert usage(tmp_path, since=START + 100) == {}
