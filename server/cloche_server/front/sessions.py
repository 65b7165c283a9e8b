"""All open sessions, by their handles: who may use which, how many there are, and how long.

A handle is 192 random bits. Whoever asks with another's, or with none that exists, is told the
same.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import math
import secrets
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass
from typing import Final

from cloche.contract.config import MIB, Limits
from cloche.contract.status import Reason
from cloche.v1 import execution_pb2 as pb

from cloche_server.front import audit
from cloche_server.front.channel import ChannelClosed
from cloche_server.front.family import Broken, Family, Member
from cloche_server.front.memory_share import MemoryShare, MemoryShares
from cloche_server.front.models import Models
from cloche_server.front.session import Session, unknown
from cloche_server.front.watch import Watch
from cloche_server.front.zygote import ZygoteDied
from cloche_server.identity.caller import Caller
from cloche_server.identity.policy import EVERYTHING
from cloche_server.ipc import job
from cloche_server.refusal import Refusal

_HANDLE_BYTES: Final = 24
# Sessions may have half of what all calls may add to memory; the other half is for calls.
_SHARE: Final = 2
_LEAST_BYTES: Final = 256 * MIB
# Until memory is free that calls have now.
_PATIENCE_S: Final = 10.0
_RETRY_AFTER_S: Final = 5.0


@dataclass(frozen=True)
class Terms:
    """What a session was granted."""

    memory_bytes: int
    idle_s: float
    lifetime_s: float
    checkpoints: int


@dataclass(eq=False)
class _Entry:
    """One session's place in the registry."""

    session: Session
    terms: Terms
    number: int
    owner: str
    tenant: str
    caller: str
    share: MemoryShare
    timers: list[asyncio.TimerHandle]


def owner_of(who: Caller) -> str:
    """Whose sessions are those of `who`: its tenant's, and with a policy of its own its token's.

    What one token may not import another might have left there. "": of all who know the handle.
    """
    return who.tenant if who.policy == EVERYTHING else f"{who.tenant}:{who.token_id}"


class Sessions:
    """Those of all models."""

    def __init__(self, limits: Limits, models: Models, watch: Watch, memory: MemoryShares) -> None:
        """Args: memory: what all calls and sessions of the server share."""
        self._limits = limits
        self._models = models
        self._watch = watch
        self._memory = memory
        self._entries: dict[bytes, _Entry] = {}
        self._count = 0
        # By caller, those that are being opened too.
        self._taken: dict[str, int] = {}
        self._bytes = 0

    def find(self, handle: str, who: Caller) -> Session:
        """Raises Refusal where it is not open to this caller."""
        return self._entry(handle, who).session

    async def open(self, request: pb.OpenSessionRequest, who: Caller, caller: str) -> pb.Session:
        """Raises Refusal."""
        label = self._models.label(request.model, who)
        supervisor = self._models.supervisor(label)
        terms = self._granted(request.options, who.terms.within(supervisor.limits))
        serving = supervisor.serving()
        async with self._room(who, caller, terms) as (share, keep):
            try:
                family, member = await Family.begin(serving.zygote, forks=serving.facts.forks)
            except ZygoteDied as error:
                raise Refusal(Reason.NOT_READY, str(error), retry_after_s=1.0) from None
            except Broken as error:
                raise Refusal(Reason.SANDBOX_DIED, str(error)) from None
            except OSError as error:
                text = f"the server lacks what a session needs ({error.strerror})"
                raise Refusal(Reason.BUSY, text, retry_after_s=_RETRY_AFTER_S) from None
            threads = supervisor.model.threads
            first = job.Open(terms.memory_bytes, terms.lifetime_s * (threads + 1) + 5)
            try:
                await member.channel.send(first)
            except ChannelClosed:
                await family.kill(member.sandbox)
                raise Refusal(Reason.SANDBOX_DIED, "the session ended at once") from None
            keep()
            return self._enter(family, member, label, terms, who, caller, share)

    async def fork(self, handle: str, who: Caller, caller: str) -> pb.Session:
        """Raises Refusal."""
        entry = self._entry(handle, who)
        copied = entry.session
        self._models.supervisor(copied.model).serving()  # not while the server stops
        async with self._room(who, caller, entry.terms) as (share, keep):
            member = await copied.copy()
            keep()
            return self._enter(
                copied.family,
                member,
                copied.model,
                entry.terms,
                who,
                caller,
                share,
                copied.calls,
            )

    async def roll_back(self, request: pb.RollbackSessionRequest, who: Caller) -> pb.Session:
        """Raises Refusal."""
        entry = self._entry(request.handle, who)
        await entry.session.roll_back(request.calls)
        return _message(request.handle, entry)

    async def close(self, handle: str, who: Caller) -> None:
        """Returns when it has ended; also where there is none."""
        with contextlib.suppress(Refusal):
            session = self._entry(handle, who).session
            session.end("the session was closed during the call")
            await session.wait_for_end()

    def _entry(self, handle: str, who: Caller) -> _Entry:
        entry = self._entries.get(_key(handle))
        if entry is None or entry.owner != owner_of(who) or entry.session.ended:
            raise unknown()
        if not who.may_see(entry.session.model):
            raise unknown()
        return entry

    def _granted(self, wish: pb.SessionOptions, own: Limits) -> Terms:
        limits = self._limits
        usual = max(_LEAST_BYTES, self._memory.total_bytes // _SHARE // limits.sessions)
        memory = wish.memory_bytes or min(usual, own.memory_default_bytes)
        return Terms(
            memory_bytes=min(memory, own.memory_max_bytes),
            idle_s=_seconds(wish, "idle_timeout", limits.session_idle_max_s),
            lifetime_s=_seconds(wish, "lifetime", limits.session_lifetime_max_s),
            checkpoints=min(wish.checkpoints, limits.session_checkpoints_max),
        )

    @contextlib.asynccontextmanager
    async def _room(
        self, who: Caller, caller: str, terms: Terms
    ) -> AsyncGenerator[tuple[MemoryShare, Callable[[], None]], None]:
        """A place and memory, given back unless the function that is yielded is called."""
        own, all_ = self._taken.get(caller, 0), sum(self._taken.values())
        limits = self._limits
        if own >= limits.sessions_each or all_ >= limits.sessions:
            mine = "the tenant" if who.tenant else "this connection"
            whose = mine if own >= limits.sessions_each else "the server"
            most = limits.sessions_each if own >= limits.sessions_each else limits.sessions
            text = f"{whose} has {most} sessions open, and may have no more; close one first"
            raise Refusal(Reason.BUSY, text, retry_after_s=_RETRY_AFTER_S)
        most_bytes = self._memory.total_bytes // _SHARE
        if self._bytes and self._bytes + terms.memory_bytes > most_bytes:
            text = (
                f"sessions have {self._bytes} bytes of memory, of at most {most_bytes} together; "
                "close one, or ask for less memory"
            )
            raise Refusal(Reason.BUSY, text, retry_after_s=_RETRY_AFTER_S)
        kept = False

        def keep() -> None:
            nonlocal kept
            kept = True

        self._taken[caller] = own + 1
        self._bytes += terms.memory_bytes
        share = MemoryShare(self._memory, owner=caller, most_of_owner=who.terms.memory_total_bytes)
        try:
            try:
                async with asyncio.timeout(_PATIENCE_S):
                    await share.take(terms.memory_bytes)
                share.hold(share.held_bytes)  # for its whole life, most of which it only waits
            except TimeoutError:
                text = "calls that run have the memory that the session asks for; try again later"
                raise Refusal(Reason.BUSY, text, retry_after_s=_RETRY_AFTER_S) from None
            yield share, keep
        finally:
            if not kept:
                self._give_back(caller, terms, share)

    def _give_back(self, caller: str, terms: Terms, share: MemoryShare) -> None:
        self._bytes -= terms.memory_bytes
        self._taken[caller] -= 1
        if not self._taken[caller]:
            del self._taken[caller]
        share.end()

    def _enter(
        self,
        family: Family,
        member: Member,
        model: str,
        terms: Terms,
        who: Caller,
        caller: str,
        share: MemoryShare,
        calls: int = 0,
    ) -> pb.Session:
        handle = secrets.token_urlsafe(_HANDLE_BYTES)
        self._count += 1
        number = self._count
        session = Session(
            family,
            member,
            self._watch,
            model=model,
            memory_bytes=terms.memory_bytes,
            checkpoints=terms.checkpoints,
            on_end=lambda: self._ended(handle),
        )
        session.calls = calls
        entry = _Entry(session, terms, number, owner_of(who), who.tenant, caller, share, [])
        self._entries[_key(handle)] = entry
        loop = asyncio.get_running_loop()
        old = f"the session had been open for {terms.lifetime_s:g} s, its lifetime, and was ended"
        entry.timers = [
            loop.call_later(terms.lifetime_s, session.end, old),
            loop.call_later(terms.idle_s, self._look, entry),
        ]
        audit.session("opened", number, tenant=who.tenant, caller=caller)
        return _message(handle, entry)

    def _look(self, entry: _Entry) -> None:
        """Whether it has been idle for long enough; else when to look again."""
        loop = asyncio.get_running_loop()
        left_s = entry.session.rested_at + entry.terms.idle_s - loop.time()
        if entry.session.busy:
            left_s = entry.terms.idle_s
        if left_s <= 0:
            entry.session.end()
        else:
            entry.timers[1] = loop.call_later(left_s, self._look, entry)

    def _ended(self, handle: str) -> None:
        entry = self._entries.pop(_key(handle))
        for timer in entry.timers:
            timer.cancel()
        self._give_back(entry.caller, entry.terms, entry.share)
        audit.session("ended", entry.number, tenant=entry.tenant, caller=entry.caller)


def _key(handle: str) -> bytes:
    """Looked up by, so that no comparison with a handle takes longer the more of it is right."""
    return hashlib.sha256(handle.encode()).digest()


def _seconds(wish: pb.SessionOptions, name: str, most_s: float) -> float:
    """What was asked for, at most `most_s`, which is also the default. Raises Refusal."""
    duration = getattr(wish, name)
    seconds = duration.seconds + duration.nanos / 1e9
    if seconds < 0 or not math.isfinite(seconds):
        raise Refusal(
            Reason.REQUEST, f"options.{name} is {seconds} s; it must be above 0",
            field=f"options.{name}",
        )  # fmt: skip
    return min(seconds or most_s, most_s)


def _message(handle: str, entry: _Entry) -> pb.Session:
    session, terms = entry.session, entry.terms
    message = pb.Session(handle=handle, calls=session.calls, kept=session.kept)
    message.options.memory_bytes = terms.memory_bytes
    message.options.checkpoints = terms.checkpoints
    message.options.idle_timeout.FromMicroseconds(int(terms.idle_s * 1e6))
    message.options.lifetime.FromMicroseconds(int(terms.lifetime_s * 1e6))
    return message
