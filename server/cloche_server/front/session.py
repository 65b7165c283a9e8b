"""One session: a process that waits between calls, and earlier states of it to go back to.

Nothing in it may compute while no call runs, and nothing may grow: a watch sees to that, as to the
calls' own limits. What was ever in it is hostile, so a call that does not answer ends it.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable, Iterator
from typing import Final

from cloche.contract.status import Reason

from cloche_server.front.arguments import Arguments
from cloche_server.front.call import Call
from cloche_server.front.family import Broken, Family, Member, NotCopied
from cloche_server.front.options import Options
from cloche_server.front.outbox import Outbox
from cloche_server.front.pool import ReadySandbox
from cloche_server.front.transfers import Transfers
from cloche_server.front.watch import Breach, Watch, Watched
from cloche_server.ipc import job
from cloche_server.refusal import Refusal

_log = logging.getLogger(__name__)

# Of a process that only waits: threads that a call has left, and the odd page.
_IDLE_CPU_S: Final = 1.0
_IDLE_BYTES: Final = 32 << 20


class SessionCall(Call):
    """A call whose sandbox goes on where it answered."""

    def __init__(self, session: Session, member: Member, options: Options, watch: Watch) -> None:
        ready = ReadySandbox(member.sandbox, member.memory)
        super().__init__(session.family, ready, options, watch)
        self._session = session

    async def conduct(
        self,
        task: job.ToSandbox,
        arguments: Arguments,
        outbox: Outbox,
        transfers: Transfers,
        on_returned: Callable[[int], None],
    ) -> job.Answer:
        try:
            return await super().conduct(task, arguments, outbox, transfers, on_returned)
        except Refusal as refusal:
            if self.answered:
                raise
            text = f"{refusal}. Its session has ended with it; open another"
            raise Refusal(refusal.reason, text, line=refusal.line, session_ended=True) from None

    async def end(self) -> None:
        """Returns when the session waits for its next call, or has ended."""
        if self.answered:
            self.let_go()
            self._session.rest()
        else:
            self._session.end()
            await super().end()

    async def _how_it_ended(self) -> Refusal:
        if self._ready.sandbox.forbidden is not None or self._watched.breach is not None:
            return await super()._how_it_ended()
        if self._session.why:
            return Refusal(Reason.CANCELLED, self._session.why)
        return Refusal(
            Reason.SANDBOX_DIED,
            "the session's process ended without an answer: native code crashed in it, or an "
            "operator or the kernel ended it for lack of memory",
        )


class Session:
    """Open until `end`, which its registry is told of by `on_end`."""

    def __init__(
        self,
        family: Family,
        member: Member,
        watch: Watch,
        *,
        model: str,
        memory_bytes: int,
        checkpoints: int,
        on_end: Callable[[], None],
    ) -> None:
        self.family = family
        self.model = model
        self.memory_bytes = memory_bytes
        self.checkpoints = checkpoints
        #: Calls that have answered.
        self.calls = 0
        self.ended = False
        self._member = member
        self._kept: dict[int, Member] = {}
        self._watch = watch
        self._resting: dict[int, Watched] = {}
        self._on_end = on_end
        #: Why it ended, where a call has to be told.
        self.why = ""
        #: When it last began to wait, on the loop's clock.
        self.rested_at = 0.0
        self._busy = self._calling = False
        self._ending: set[asyncio.Task[int | None]] = set()
        self._adopt(member)
        self._rest(member)

    @property
    def kept(self) -> tuple[int, ...]:
        """What `roll_back` takes."""
        return tuple(sorted(self._kept))

    @property
    def busy(self) -> bool:
        """A call runs in it, or it is being copied."""
        return self._busy

    async def begin(self, options: Options) -> Call:
        """A call in it; it is the session's only one until it has ended.

        Raises:
            Refusal: another runs, or the session has ended.
        """
        with self._used():
            await self._keep_state()
            self._require_open()
            self._wake(self._member)
            self._calling = True
            return SessionCall(self, self._member, options, self._watch)

    def rest(self) -> None:
        """A call has answered."""
        self.calls += 1
        self._busy = self._calling = False
        if self._member.ended:
            # It sent its last word and was gone before that had been delivered.
            self._gone(self._member)
        elif not self.ended:
            self._rest(self._member)

    async def copy(self) -> Member:
        """A process that is as this one is now; a session has to be made of it.

        Raises:
            Refusal: a call runs; it cannot be copied, or has not been and has ended.
        """
        with self._used():
            return await self._copied(self._member)

    async def roll_back(self, calls: int) -> None:
        """Makes it what it was after so many calls, which may be done again.

        Raises:
            Refusal: as `copy`; that state is not kept.
        """
        with self._used():
            if calls not in self._kept:
                have = ", ".join(map(str, self.kept)) or "none"
                text = f"the state after {calls} calls is not kept; there are: {have}"
                if not self.checkpoints:
                    text += " (the session was opened without checkpoints)"
                raise Refusal(Reason.SESSION_REFUSED, text, field="calls")
            member = await self._copied(self._kept[calls])
            self._drop(self._member)
            for number in [each for each in self._kept if each > calls]:
                self._drop(self._kept.pop(number))
            self._member, self.calls = member, calls
            self._adopt(member)
            self._rest(member)

    def end(self, why: str = "") -> None:
        """Kills what there is of it. Idempotent."""
        if self.ended:
            return
        self.ended, self.why = True, why
        for member in (self._member, *self._kept.values()):
            self._drop(member)
        self._kept.clear()
        self._on_end()

    async def wait_for_end(self) -> None:
        """After `end`: returns when its processes are gone."""
        await asyncio.gather(*self._ending, return_exceptions=True)

    @contextlib.contextmanager
    def _used(self) -> Iterator[None]:
        """One thing at a time; a call that begins keeps it busy."""
        self._require_open()
        if self._busy:
            raise Refusal(
                Reason.BUSY, "the session runs a call; its calls go one after the other",
                retry_after_s=0.2,
            )  # fmt: skip
        self._busy = True
        try:
            yield
        finally:
            self._busy = self._calling

    def _require_open(self) -> None:
        if self.ended:
            raise unknown()

    async def _copied(self, member: Member) -> Member:
        self._wake(member)
        try:
            made = await self.family.copy(member)
        except NotCopied as error:
            self._rest(member)
            raise Refusal(Reason.SESSION_REFUSED, str(error)) from None
        except Broken as error:
            self.end()
            raise Refusal(Reason.SANDBOX_DIED, str(error), session_ended=True) from None
        except BaseException:
            self.end()
            raise
        if self.ended:
            self._drop(made)
            raise unknown()
        self._rest(member)
        return made

    async def _keep_state(self) -> None:
        """Before a call: what it may have to be taken back to."""
        if not self.checkpoints or self.calls in self._kept:
            return
        made = await self._copied(self._member)
        self._kept[self.calls] = made
        self._adopt(made)
        self._rest(made)
        while len(self._kept) > self.checkpoints or self._too_large():
            self._drop(self._kept.pop(min(self._kept)))

    def _too_large(self) -> bool:
        """Each process counts whole, though they share what neither has changed."""
        if not self._kept:
            return False
        held = [self._member, *self._kept.values()]
        return sum(each.grown_bytes() for each in held) > self.memory_bytes // 2

    def _adopt(self, member: Member) -> None:
        """From now on it is the session's."""
        member.sandbox.ended.add_done_callback(lambda _: self._gone(member))

    def _rest(self, member: Member) -> None:
        """From now on it waits, and is watched for that."""
        grown = member.grown_bytes()
        watched = Watched(
            member.memory,
            memory_bytes=min(grown + _IDLE_BYTES, self.memory_bytes),
            kill=lambda: self.family.kill_now(member.sandbox),
            on_breach=self._breached,
        )
        watched.cpu_deadline_s = watched.cpu_s() + _IDLE_CPU_S
        self.rested_at = asyncio.get_running_loop().time()
        self._resting[member.pid] = watched
        self._watch.add(watched)

    def _wake(self, member: Member) -> None:
        watched = self._resting.pop(member.pid, None)
        if watched is not None:
            self._watch.remove(watched)

    def _drop(self, member: Member) -> None:
        self._wake(member)
        ending = asyncio.ensure_future(self.family.kill(member.sandbox))
        self._ending.add(ending)
        ending.add_done_callback(self._ending.discard)

    def _breached(self, breach: Breach) -> None:
        _log.warning("a session was ended between its calls: %s", breach.value)
        self.end()

    def _gone(self, member: Member) -> None:
        """A process has ended by itself, or was ended."""
        self._wake(member)
        if not (self._calling and member is self._member):
            member.memory.close()  # else its call does that
        if member is self._member:
            if not self._busy:
                self.end()
        elif self._kept.get(self._number_of(member)) is member:
            del self._kept[self._number_of(member)]

    def _number_of(self, member: Member) -> int:
        return next((number for number, each in self._kept.items() if each is member), -1)


def unknown() -> Refusal:
    """The same whatever the handle is: nobody learns from it of another's session."""
    return Refusal(
        Reason.SESSION_UNKNOWN,
        "no such session: it was closed, was idle or open for too long, ended with a call, or "
        "never was; open another",
        field="session",
        session_ended=True,
    )
