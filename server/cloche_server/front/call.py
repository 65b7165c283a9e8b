"""One call: a job goes into a sandbox, what comes out is bounded, and the sandbox ends.

The clock and the memory watch run beside the reading, not between the reads: a caller who reads
slowly must not keep a sandbox alive.
"""

from __future__ import annotations

import asyncio
import logging
import signal
import time
from collections.abc import AsyncGenerator
from typing import Final

from cloche.status import Reason

from cloche_server.front.channel import ChannelClosed, ProtocolViolation
from cloche_server.front.options import Options
from cloche_server.front.pool import ReadySandbox
from cloche_server.front.refusal import Refusal
from cloche_server.front.zygote import Zygote, ZygoteDied
from cloche_server.ipc import job
from cloche_server.sandbox import limits

_log = logging.getLogger(__name__)

_MEMORY_POLL_S: Final = 0.02
# Where asking is dear (gVisor), the watch rests for this many times what it took.
_MEMORY_REST: Final = 5.0
_MEMORY_BLIND_S: Final = 1.0
# Once the technique has returned, a caller that reads nothing for this long is given up.
_STALL_S: Final = 60.0
# How long after its channel closed a sandbox's exit may be in coming.
_LAST_WORD_S: Final = 5.0
# Room for frames' headers, tracebacks and the sandbox's last word, above the call's own limits.
_SLACK_BYTES: Final = 1 << 21


class Call:
    """For one use: iterate `run`, then read `wall_clock_s` and `memory_peak_bytes`."""

    def __init__(self, zygote: Zygote, ready: ReadySandbox, options: Options) -> None:
        self._zygote = zygote
        self._ready = ready
        self._options = options
        self._verdict: Refusal | None = None
        self._clock: asyncio.TimerHandle | None = None
        self._received = 0
        self._expected: tuple[type, ...] = ()
        self._result_bytes = 0
        self._result_total = 0
        self._started = 0.0
        self._kill: asyncio.Task[None] | None = None
        self.wall_clock_s = 0.0
        self.memory_peak_bytes = 0

    async def run(self, task: job.ToSandbox) -> AsyncGenerator[job.FromSandbox, None]:
        """Yields what the sandbox says; the last is Returned, Raised or Checked.

        Raises:
            Refusal: a limit, the sandbox's own refusal, its death, or the zygote's.
        """
        self._expected = (job.Returned, job.Raised) if isinstance(task, job.Run) else (job.Checked,)
        self._started = time.monotonic()
        self._set_clock(self._options.timeout_s, self._out_of_time)
        watch = asyncio.create_task(self._watch_memory())
        try:
            await self._ready.sandbox.channel.send(task)
            async for message in self._messages():
                yield message
        except ChannelClosed:
            raise await self._how_it_ended() from None
        except ProtocolViolation as error:
            _log.error("sandbox %d: %s", self._ready.sandbox.number, error)
            raise Refusal(
                Reason.SANDBOX_DIED, "the sandbox broke its protocol and was killed"
            ) from None
        finally:
            self.wall_clock_s = time.monotonic() - self._started
            watch.cancel()
            if self._clock is not None:
                self._clock.cancel()
            self.end()

    async def _messages(self) -> AsyncGenerator[job.FromSandbox, None]:
        while True:
            for message in _merge(await self._ready.sandbox.channel.receive()):
                self._account(message)
                if isinstance(message, job.Refused):
                    raise Refusal(
                        Reason(message.reason), message.message,
                        field=message.field, diagnostics=message.diagnostics,
                    )  # fmt: skip
                yield message
                if isinstance(message, (job.Returned, job.Raised, job.Checked)):
                    return

    def _account(self, message: job.FromSandbox) -> None:
        """The sandbox keeps these limits itself; a hostile one is stopped here."""
        match message:
            case job.Printed(_, text):
                self._received += len(text.encode())
            case job.Chunk(data, total):
                self._received += len(data)
                self._set_clock(_STALL_S, self._stalled)
                if total > self._options.result_max_bytes:
                    raise ProtocolViolation(f"a result of {total} bytes")
                if self._result_bytes and total != self._result_total:
                    raise ProtocolViolation("a result that changes its size")
                self._result_total = total
                self._result_bytes += len(data)
            case job.Ready():
                raise ProtocolViolation("ready a second time")
            case job.Returned() | job.Raised() | job.Checked():
                if not isinstance(message, self._expected):
                    raise ProtocolViolation("an answer to another question")
                if isinstance(message, job.Returned) and self._result_bytes != self._result_total:
                    raise ProtocolViolation("a result that does not add up")
            case _:
                self._received += 64
        most = self._options.output_max_bytes + self._options.result_max_bytes + _SLACK_BYTES
        if self._received > most:
            raise ProtocolViolation(f"more than {most} bytes")

    def _set_clock(self, after_s: float, then: object) -> None:
        if self._clock is not None:
            self._clock.cancel()
        self._clock = asyncio.get_running_loop().call_later(after_s, then)  # type: ignore[arg-type]

    def _out_of_time(self) -> None:
        seconds = self._options.timeout_s
        self._condemn(Reason.TIMEOUT, f"the technique ran longer than {seconds:g} s and was killed")

    def _stalled(self) -> None:
        self._condemn(Reason.TIMEOUT, f"the caller took no result for {_STALL_S:g} s")

    def _condemn(self, reason: Reason, text: str) -> None:
        if self._verdict is None:
            self._verdict = Refusal(reason, text)
            self.end()

    def end(self) -> None:
        """Ends the sandbox, also where `run` was never begun. Again: nothing happens."""
        if self._kill is None:
            self._kill = asyncio.create_task(self._zygote.kill(self._ready.sandbox))

    async def _watch_memory(self) -> None:
        """Catches what the address-space limit cannot: pages of the model copied on write."""
        before: int | None = None
        seen = time.monotonic()
        while True:
            asked = time.monotonic()
            try:
                now = limits.anonymous_bytes(self._ready.pid)
            except (FileNotFoundError, ProcessLookupError):
                return  # the process has ended
            except OSError as error:
                # Also said of a process that is just ending; no caller may stay unwatched for long.
                if asked - seen > _MEMORY_BLIND_S:
                    text = f"the sandbox's memory cannot be watched ({error}); it was killed"
                    self._condemn(Reason.SANDBOX_DIED, text)
                    return
            else:
                seen = asked
                before = now if before is None else before
                self.memory_peak_bytes = max(self.memory_peak_bytes, now - before)
                if now - before > self._options.memory_bytes:
                    self._condemn(
                        Reason.MEMORY_LIMIT,
                        "out of memory: the call may add "
                        f"{self._options.memory_bytes} bytes to the loaded model; "
                        "use less, or raise the memory limit",
                    )
                    return
            cost_s = time.monotonic() - asked
            await asyncio.sleep(max(_MEMORY_POLL_S, _MEMORY_REST * cost_s))

    async def _how_it_ended(self) -> Refusal:
        if self._verdict is not None:
            return self._verdict
        if (name := self._ready.sandbox.forbidden) is not None:
            return Refusal(
                Reason.SANDBOX_DIED,
                f"the sandbox was killed: it tried the system call {name}, "
                "which the kernel wall forbids",
            )
        try:
            code = await asyncio.wait_for(asyncio.shield(self._ready.sandbox.ended), _LAST_WORD_S)
        except ZygoteDied as error:
            return Refusal(Reason.MODEL_PROCESS_DIED, f"{error}; it is being started again")
        except TimeoutError:
            return Refusal(Reason.SANDBOX_DIED, "the sandbox closed its channel without an answer")
        return Refusal(Reason.SANDBOX_DIED, _describe(code))


def _merge(messages: list[job.FromSandbox]) -> list[job.FromSandbox]:
    """Joins prints that arrived together: a million lines are not a million events."""
    merged: list[job.FromSandbox] = []
    for message in messages:
        last = merged[-1] if merged else None
        if (
            isinstance(message, job.Printed)
            and isinstance(last, job.Printed)
            and message.stream == last.stream
        ):
            merged[-1] = job.Printed(last.stream, last.text + message.text)
        else:
            merged.append(message)
    return merged


def _describe(code: int) -> str:
    if code == -signal.SIGSYS:
        return "the sandbox was killed: it made a system call that the kernel wall forbids"
    if code == -signal.SIGKILL:
        return (
            "the sandbox was killed from outside (SIGKILL): by an operator, or by the kernel for "
            "lack of memory"
        )
    if code in (-signal.SIGSEGV, -signal.SIGBUS, -signal.SIGABRT, -signal.SIGFPE, -signal.SIGILL):
        name = signal.Signals(-code).name
        return f"native code crashed in the sandbox ({name}); deep recursion is the usual cause"
    if code == -signal.SIGXCPU:
        return "the sandbox used up its processor time"
    return f"the sandbox ended with {code} without an answer"
