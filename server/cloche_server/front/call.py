"""One call: a job goes into a sandbox, what comes out is bounded, and the sandbox ends.

Whose time runs: while arguments are uploaded, and while a result is taken, the caller's, whose
transfer has to move (`transfers.py`); between them the technique's, from the moment its sandbox has
the job. A thread keeps the limits (`watch.py`); here they become refusals.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
import time
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Final, Protocol

from cloche.contract.status import Reason

from cloche_server.fitting import one_line
from cloche_server.front.allowance import Allowance
from cloche_server.front.arguments import Arguments
from cloche_server.front.channel import ChannelClosed, ProtocolViolation
from cloche_server.front.delivery import Delivery
from cloche_server.front.options import Options
from cloche_server.front.outbox import Outbox
from cloche_server.front.pool import ReadySandbox
from cloche_server.front.transfers import Transfer, Transfers
from cloche_server.front.watch import Breach, Watch, Watched
from cloche_server.front.zygote import Sandbox, ZygoteDied
from cloche_server.ipc import job
from cloche_server.refusal import Refusal

_log = logging.getLogger(__name__)

_LINE_CHARACTERS: Final = 80
# How long after its channel closed a sandbox's exit may be in coming.
_LAST_WORD_S: Final = 5.0
# A sandbox that waits for its arguments runs nobody's code and takes them at once.
_TAKING_S: Final = 30.0
# What a sandbox may compute once its technique has returned: this, and what so slow a copy needs.
_SENDING_CPU_S: Final = 2.0
_SENDING_BYTES_PER_S: Final = 50 << 20
# And what it may take beside what it has then.
_SENDING_MEMORY_BYTES: Final = 64 << 20


class Keeper(Protocol):
    """Who ends a sandbox: the zygote, or a session's family."""

    @property
    def loading_s(self) -> float | None: ...

    def kill_now(self, sandbox: Sandbox) -> None:
        """From any thread."""

    async def kill(self, sandbox: Sandbox) -> int | None:
        """Returns when it has ended."""

    async def audit(self) -> None:
        """Asks whether the weights are as they were loaded."""


class Call:
    """For one use: `upload` where there is something to, `conduct`, and `end`."""

    def __init__(self, zygote: Keeper, ready: ReadySandbox, options: Options, watch: Watch) -> None:
        self._zygote = zygote
        self._ready = ready
        self._options = options
        self._watch = watch
        self._clock = asyncio.timeout(None)
        # Why the call was made to end early, if it was.
        self._verdict: Refusal | None = None
        self._waited_s = 0.0
        # Where the technique was when it was last seen, as the sandbox says.
        self._source = ""
        self._line = 0
        self._ending: asyncio.Task[None] | None = None
        self.wall_clock_s = 0.0
        # The sandbox has said its last word, and does nothing more: it ends as it should.
        self.answered = False
        # None until the sandbox has its job.
        self._allowance: Allowance | None = None
        self._watched = Watched(
            ready.memory,
            memory_bytes=options.memory_bytes,
            kill=lambda: zygote.kill_now(ready.sandbox),
            on_breach=self._breached,
        )
        watch.add(self._watched)

    @property
    def memory_peak_bytes(self) -> int:
        """The most that the call's memory grew by, as sampled."""
        return self._watched.memory_peak_bytes

    @property
    def output_bytes(self) -> int:
        """What was printed and reported so far."""
        return 0 if self._allowance is None else self._allowance.output_bytes

    @property
    def result_bytes(self) -> int:
        """What has come of the result so far."""
        return 0 if self._allowance is None else self._allowance.result_bytes

    async def upload(self, task: job.Run, arguments: Arguments, transfer: Transfer) -> None:
        """Passes arguments on as they come. The technique waits, and its time with it.

        Returns also where the sandbox has ended instead: what it has said is still to be read.

        Raises:
            Refusal: the caller's part is wrong.
        """
        channel = self._ready.sandbox.channel
        with contextlib.suppress(ChannelClosed):
            await channel.send(task)
            async for piece in arguments.pieces():
                transfer.pause()
                try:
                    async with asyncio.timeout(_TAKING_S):
                        await channel.send_bytes(piece)
                except TimeoutError:
                    text = "the sandbox did not take its arguments"
                    raise Refusal(Reason.SANDBOX_DIED, text) from None
                transfer.resume()
                transfer.moved(len(piece))

    async def conduct(
        self,
        task: job.ToSandbox,
        arguments: Arguments,
        outbox: Outbox,
        transfers: Transfers,
        on_returned: Callable[[int], None],
    ) -> job.Answer:
        """Puts into `outbox` what the sandbox says, and returns its last word.

        Args:
            on_returned: called when nothing is left to compute, and the caller is waited for; with
                the memory that the call may have from now on.

        Raises:
            Refusal: a limit, the sandbox's own refusal, its death, or the zygote's.
        """
        self._source = task.source
        started = time.monotonic()
        try:
            async with self._clock:
                self._set_deadline(asyncio.get_running_loop().time() + self._options.timeout_s)
                return await self._converse(task, arguments, outbox, transfers, on_returned)
        except TimeoutError:
            raise self._verdict or self._out_of_time() from None
        finally:
            self.wall_clock_s = time.monotonic() - started - self._waited_s

    def let_go(self) -> None:
        """Ends the call and not its sandbox, which has answered."""
        self._watch.remove(self._watched)

    async def end(self) -> None:
        """Returns once the sandbox has ended. May be called more than once."""
        if self._ending is None:
            self._ending = asyncio.create_task(self._end())
        try:
            await asyncio.shield(self._ending)
        finally:
            self._watch.remove(self._watched)
            self._ready.memory.close()

    async def _end(self) -> None:
        await self._zygote.kill(self._ready.sandbox)
        if not self.answered:
            await self._zygote.audit()

    async def _converse(
        self,
        task: job.ToSandbox,
        arguments: Arguments,
        outbox: Outbox,
        transfers: Transfers,
        on_returned: Callable[[int], None],
    ) -> job.Answer:
        allowance = self._allowance = Allowance(task, self._options)

        def returned(result_bytes: int) -> None:
            self._limit_cpu(result_bytes)
            on_returned(self._watched.hold_at(_SENDING_MEMORY_BYTES))

        delivery = Delivery(
            outbox, transfers, on_returned=returned, callers_time=self._callers_time
        )
        async with delivery, self._failures_told():
            await self._begin(task, arguments)
            while True:
                for message in await self._ready.sandbox.channel.receive():
                    allowance.charge(message)
                    match message:
                        case job.At(line):
                            self._line = line
                        case job.Returned() | job.Raised() | job.Checked():
                            self.answered = True
                            self._watched.measure()
                            return message
                        case job.Refused():
                            self.answered = True
                            raise _refusal(message)
                        case _:
                            await delivery.put(message, allowance.result_total)
        raise AssertionError("a transfer ended without a reason")

    @contextlib.asynccontextmanager
    async def _failures_told(self) -> AsyncIterator[None]:
        """Turns what a sandbox did wrong, or its end, into a Refusal."""
        try:
            yield
        except ChannelClosed:
            raise await self._how_it_ended() from None
        except ProtocolViolation as error:
            _log.error("sandbox %d: %s", self._ready.sandbox.number, one_line(str(error)))
            raise Refusal(
                Reason.SANDBOX_DIED, "the sandbox broke its protocol and was killed"
            ) from None

    async def _begin(self, task: job.ToSandbox, arguments: Arguments) -> None:
        """Gives the sandbox its job, or what was held back of it. Returns also where it ended."""
        channel = self._ready.sandbox.channel
        with contextlib.suppress(ChannelClosed):
            if not arguments.uploaded:
                await channel.send(task)
                for data in arguments.take():
                    await channel.send_bytes(data)
            if isinstance(task, job.Run):
                await channel.send_bytes(job.GO)

    @contextlib.contextmanager
    def _callers_time(self) -> Iterator[None]:
        """The technique's time stands still: its transfer's runs."""
        loop = asyncio.get_running_loop()
        deadline = self._clock.when()
        started = loop.time()
        self._set_deadline(None)
        try:
            yield
        finally:
            waited_s = loop.time() - started
            self._waited_s += waited_s
            if deadline is not None:
                self._set_deadline(deadline + waited_s)

    def _set_deadline(self, when: float | None) -> None:
        """On both clocks. One that has run out, or was made to, stays so."""
        if self._verdict is None and not self._clock.expired():
            self._clock.reschedule(when)
            left_s = float("inf") if when is None else when - asyncio.get_running_loop().time()
            self._watched.deadline = time.monotonic() + left_s

    def _limit_cpu(self, result_bytes: int) -> None:
        """Nothing is left to compute but the sending of so much."""
        most_s = _SENDING_CPU_S + result_bytes / _SENDING_BYTES_PER_S
        self._watched.cpu_deadline_s = self._watched.cpu_s() + most_s

    def _out_of_time(self) -> Refusal:
        seconds = self._options.timeout_s
        return self._refusal_there(
            Reason.TIMEOUT, f"the technique ran longer than {seconds:g} s and was killed"
        )

    def _refusal_there(self, reason: Reason, text: str) -> Refusal:
        """Says where the technique was, if that is known."""
        lines = self._source.splitlines()
        if not 0 < self._line <= len(lines):
            return Refusal(reason, text)
        if not self._options.source_lines:
            where = f"{text}; when last seen it was at line {self._line}"
            return Refusal(reason, where, line=self._line)
        shown = one_line(lines[self._line - 1].strip(), _LINE_CHARACTERS)
        return Refusal(
            reason, f"{text}; when last seen it was at line {self._line}: {shown}", line=self._line
        )

    def _refusal_for(self, breach: Breach) -> Refusal:
        match breach:
            case Breach.TIME:
                return self._out_of_time()
            case Breach.MEMORY:
                return self._refusal_there(
                    Reason.MEMORY_LIMIT,
                    f"out of memory: the call may add {self._options.memory_bytes} bytes to the "
                    "loaded model; use less, or raise the memory limit",
                )
            case Breach.CPU:
                return Refusal(
                    Reason.TIMEOUT,
                    "the technique went on computing after it had returned, and was killed; end "
                    "its threads before it returns",
                )
            case Breach.UNSEEN:
                text = "the sandbox's memory could not be watched any more"
                return Refusal(Reason.SANDBOX_DIED, text)

    def _breached(self, breach: Breach) -> None:
        """Ends the call now, whatever it waits for: the sandbox is being killed."""
        if self._verdict is None:
            self._verdict = self._refusal_for(breach)
            if not self._clock.expired():
                with contextlib.suppress(RuntimeError):  # it has not begun, or is over
                    self._clock.reschedule(asyncio.get_running_loop().time())

    async def _how_it_ended(self) -> Refusal:
        if (name := self._ready.sandbox.forbidden) is not None:
            return Refusal(
                Reason.SANDBOX_DIED,
                f"the sandbox was killed: it tried the system call {name}, "
                "which the kernel wall forbids",
            )
        if (breach := self._watched.breach) is not None:
            return self._refusal_for(breach)
        try:
            async with asyncio.timeout(_LAST_WORD_S):
                code = await asyncio.shield(self._ready.sandbox.ended)
        except ZygoteDied as error:
            took = self._zygote.loading_s
            known = "" if took is None else f", which took {took:.0f} s before; run the call again"
            text = f"{error} during the call; it is being started again{known}"
            return Refusal(Reason.MODEL_PROCESS_DIED, text)
        except TimeoutError:
            return Refusal(Reason.SANDBOX_DIED, "the sandbox closed its channel without an answer")
        return Refusal(Reason.SANDBOX_DIED, _describe(code))


def _refusal(told: job.Refused) -> Refusal:
    return Refusal(
        Reason(told.reason),
        told.message,
        field=told.field,
        diagnostics=told.diagnostics,
        more=told.more,
        line=told.line,
    )


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
