"""Hold a sandbox to its caller's limits and to the order of the protocol, by counting.

An honest sandbox keeps all of this by itself. Each message takes something of what is allowed, so
that nobody can go on for ever.
"""

from __future__ import annotations

from typing import Final

from cloche.contract.status import Reason

from cloche_server.front.channel import ProtocolViolation
from cloche_server.front.options import Options
from cloche_server.ipc import job
from cloche_server.refusal import Refusal

# Each change of stream is an event of its own, however little is printed.
_MOST_CHANGES: Final = 1 << 16
_DIGEST_BYTES: Final = 32


class Allowance:
    """Of one job; charged with every message, in order."""

    def __init__(self, task: job.ToSandbox, options: Options) -> None:
        self._answers = (job.Returned, job.Raised) if isinstance(task, job.Run) else (job.Checked,)
        self._output_max_bytes = options.output_max_bytes
        self._result_max_bytes = options.result_max_bytes
        # What was printed and reported, and what of a result has come.
        self.output_bytes = 0
        self.result_bytes = 0
        self._stream = ""
        self._changes = 0
        self._logs = 0
        self._samples = 0
        # Of the whole result; 0 until it begins.
        self.result_total = 0

    def charge(self, message: job.FromSandbox) -> None:
        """Raises ProtocolViolation, or Refusal for what the caller asked not to be sent."""
        match message:
            case job.Printed(stream, text):
                if not text:
                    raise ProtocolViolation("a print of nothing")
                self._changes += stream != self._stream
                self._stream = stream
                self._take_output(len(text.encode()))
            case job.Logged(text=text):
                self._logs += 1
                if self._logs > job.MOST_LOGS or len(text.encode()) > job.LOG_BYTES:
                    raise ProtocolViolation("more logs than a call may have")
            case job.At():
                self._samples += 1
                if self._samples > job.MOST_SAMPLES:
                    raise ProtocolViolation("more samples than a call has")
            case job.Progressed(note=note):
                self._take_output(job.PROGRESS_BYTES + len(note.encode()))
            case job.Chunk(data, total):
                self._take_chunk(len(data), total)
            case job.Returned() | job.Raised() | job.Checked():
                if not isinstance(message, self._answers):
                    raise ProtocolViolation("an answer to another question")
                self._require_whole_result(message)
            case job.Ready() | job.Forked():
                raise ProtocolViolation("a word that belongs to no call")

    def _take_output(self, count: int) -> None:
        self.output_bytes += count
        if self.output_bytes > self._output_max_bytes:
            raise Refusal(
                Reason.OUTPUT_LIMIT,
                f"the technique printed more than {self._output_max_bytes} bytes; "
                "print less, return the text, or raise the output limit",
            )
        if self._changes > _MOST_CHANGES:
            raise Refusal(
                Reason.OUTPUT_LIMIT,
                f"the technique changed more than {_MOST_CHANGES} times between standard output "
                "and standard error; print to one of them",
            )

    def _take_chunk(self, count: int, total: int) -> None:
        if not 0 < total <= self._result_max_bytes:
            raise ProtocolViolation(f"a result of {total} bytes")
        if self.result_total not in (0, total):
            raise ProtocolViolation("a result that changes its size")
        self.result_total = total
        # All are full but the last: there are no more of them than their bytes are worth.
        if count != min(job.CHUNK_BYTES, total - self.result_bytes):
            raise ProtocolViolation(f"a piece of {count} bytes")
        self.result_bytes += count

    def _require_whole_result(self, answer: job.Answer) -> None:
        if isinstance(answer, job.Returned) and len(answer.sha256) not in (0, _DIGEST_BYTES):
            raise ProtocolViolation(f"a digest of {len(answer.sha256)} bytes")
        if isinstance(answer, job.Returned) and self.result_bytes == 0:
            raise ProtocolViolation("a result of no bytes")
        if isinstance(answer, job.Returned) and self.result_bytes != self.result_total:
            raise ProtocolViolation("a result that does not add up")
        if not isinstance(answer, job.Returned) and self.result_bytes:
            raise ProtocolViolation("a result, and then another answer")
