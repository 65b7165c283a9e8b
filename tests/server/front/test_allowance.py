"""What a sandbox may say, counted."""

from __future__ import annotations

import pytest
from cloche.contract.status import Reason
from cloche_server.front.allowance import Allowance
from cloche_server.front.channel import ProtocolViolation
from cloche_server.front.options import Options
from cloche_server.ipc import job
from cloche_server.refusal import Refusal

OPTIONS = Options(
    timeout_s=1.0, memory_bytes=1, result_max_bytes=3 << 20, output_max_bytes=100, seed=None
)
RUN = job.Run("", "", 0, 0, 1.0, 1, 1, 1, None)
CHECK = job.Check("", "")
PIECE = b"x" * job.CHUNK_BYTES
RETURNED = job.Returned(0.0)
RAISED = job.Raised("E", "", (), "", 0.0)
CHECKED = job.Checked((), ())


def charge(*messages: job.FromSandbox, task: job.ToSandbox = RUN) -> Allowance:
    allowance = Allowance(task, OPTIONS)
    for message in messages:
        allowance.charge(message)
    return allowance


def test_what_an_honest_sandbox_says_is_allowed() -> None:
    last = b"x" * 7
    total = 2 * len(PIECE) + len(last)
    charge(
        job.Printed("stdout", "é" * 40),
        job.Progressed(1.0, 2.0, "note"),
        *(job.At(number) for number in range(job.MOST_SAMPLES)),
        *(job.Logged("warning", "é" * 2048) for _ in range(job.MOST_LOGS)),
        *(job.Chunk(piece, total) for piece in (PIECE, PIECE, last)),
        RETURNED,
    )
    charge(job.Printed("stderr", "x" * 100), RAISED)
    charge(CHECKED, task=CHECK)
    assert charge(job.Chunk(b"x", 1)).result_total == 1


def test_a_digest_is_whole_or_not_there() -> None:
    charge(job.Chunk(b"x", 1), job.Returned(0.0, b"x" * 32))
    with pytest.raises(ProtocolViolation, match="a digest of 31 bytes"):
        charge(job.Chunk(b"x", 1), job.Returned(0.0, b"x" * 31))


@pytest.mark.parametrize(
    "messages",
    [
        [job.Printed("stdout", "é" * 51)],
        [job.Printed("stdout", "x" * 60), job.Printed("stderr", "x" * 41)],
        [job.Progressed(1.0, None, "x" * 85)],
        [job.Progressed(1.0, None, "")] * 7,
    ],
    ids=["bytes", "both streams", "a note", "reports"],
)
def test_output_is_counted_in_bytes(messages: list[job.FromSandbox]) -> None:
    with pytest.raises(Refusal) as caught:
        charge(*messages)
    assert caught.value.reason is Reason.OUTPUT_LIMIT
    charge(*messages[:-1])


def test_changes_of_stream_are_counted() -> None:
    generous = Options(
        timeout_s=1.0, memory_bytes=1, result_max_bytes=1, output_max_bytes=1 << 24, seed=None
    )
    allowance = Allowance(RUN, generous)
    for _ in range(1 << 18):
        allowance.charge(job.Printed("stdout", "x"))
    changes = 0
    with pytest.raises(Refusal) as caught:  # noqa: PT012  # how often is the question
        for _ in range(1 << 17):
            allowance.charge(job.Printed("stderr", "x"))
            allowance.charge(job.Printed("stdout", "x"))
            changes += 2
    assert caught.value.reason is Reason.OUTPUT_LIMIT
    assert 50_000 < changes < 100_000


@pytest.mark.parametrize(
    "messages",
    [
        [job.Ready(1)],
        [job.Printed("stdout", "")],
        [job.At(1)] * (job.MOST_SAMPLES + 1),
        [job.Logged("warning", "x")] * (job.MOST_LOGS + 1),
        [job.Logged("warning", "é" * (job.LOG_BYTES // 2) + "x")],
        [job.Chunk(b"", 0)],
        [job.Chunk(b"", 1)],
        [job.Chunk(b"x", -1)],
        [job.Chunk(b"x", (3 << 20) + 1)],
        [job.Chunk(b"x", 2)],
        [job.Chunk(b"xx", 1)],
        [job.Chunk(b"x", 1), job.Chunk(b"x", 1)],
        [job.Chunk(PIECE, 2 << 20), job.Chunk(PIECE, (2 << 20) + 1)],
        [job.Chunk(PIECE, 2 << 20), RETURNED],
        [job.Chunk(b"x", 1), RAISED],
        [RETURNED],
        [CHECKED],
    ],
)
def test_what_no_sandbox_of_ours_says(messages: list[job.FromSandbox]) -> None:
    with pytest.raises(ProtocolViolation):
        charge(*messages)


@pytest.mark.parametrize("answer", [RETURNED, RAISED])
def test_a_check_is_answered_as_a_check(answer: job.Answer) -> None:
    with pytest.raises(ProtocolViolation):
        charge(answer, task=CHECK)
