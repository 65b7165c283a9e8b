"""The processes of a session and of its forks: one keeper, one filter, one way to end them all.

Each is killed by a descriptor that stands for it; whatever goes wrong with that, or cannot be told
whose it is, ends the family.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
import threading
from dataclasses import dataclass, field
from typing import Any, Final

from cloche_server.front import audit
from cloche_server.front.channel import Channel, ChannelClosed, ProtocolViolation
from cloche_server.front.gate import Copy, Gate
from cloche_server.front.memory import MemoryMeter
from cloche_server.front.zygote import Sandbox, Zygote, ZygoteDied
from cloche_server.ipc import job

_log = logging.getLogger(__name__)

_READY_S: Final = 30.0
# A fork takes milliseconds; what is copied of a large process takes longer, on a busy machine.
_FORK_S: Final = 30.0
_END_S: Final = 20.0


class NotCopied(Exception):
    """There is no copy; the message says why, and the session goes on."""


class Broken(Exception):
    """What was to be copied has ended, or did not do as it was told, and has been killed."""


@dataclass(eq=False)
class Member:
    """One process of a family, as `Call` takes it; who has it watched then closes `memory`."""

    sandbox: Sandbox
    pid: int
    #: None where the kernel has none: it is then the family's only one.
    pidfd: int | None
    memory: MemoryMeter
    ended: bool = field(default=False)
    #: Held while `pidfd` is used: another thread must not find another process behind it.
    lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    @property
    def channel(self) -> Channel:
        return self.sandbox.channel

    def grown_bytes(self) -> int:
        """What it holds beyond what the first process of its family began with."""
        try:
            return 0 if self.ended else self.memory.grown_bytes() or 0
        except (OSError, ValueError):
            return 0  # it is ending


class Family:
    """Begins with one process, and ends with its last."""

    def __init__(self, zygote: Zygote, root: Sandbox, *, forks: bool) -> None:
        self._zygote = zygote
        self._forks = forks
        self._root = root
        self._gate: Gate | None = None
        self._members: dict[int, Member] = {}
        self._copying = asyncio.Lock()
        root.ended.add_done_callback(self._all_gone)

    @classmethod
    async def begin(cls, zygote: Zygote, *, forks: bool) -> tuple[Family, Member]:
        """Has the first process forked, and returns when it waits for its first job.

        Args:
            forks: all copies would end with the keeper, so there may be some.

        Raises:
            ZygoteDied: there is no model to fork from.
            Broken: the fork failed.
            OSError: the server lacks what it takes.
        """
        root = await zygote.spawn(ahead=False, session=True)
        family = cls(zygote, root, forks=forks)
        try:
            async with asyncio.timeout(_READY_S):
                listener = await root.channel.receive_greeting()
                if listener is not None:
                    known = family._members.__contains__
                    family._gate = Gate(listener, known, family._forbid)
                match await root.channel.receive():
                    case [job.Ready(pid)]:
                        memory = MemoryMeter(pid)
                        return family, family._add(root.channel, pid, _pidfd(pid), memory)
            raise Broken("the fork spoke out of turn")
        except (ChannelClosed, ProtocolViolation, ProcessLookupError, TimeoutError) as error:
            await family._end()
            raise Broken(f"the fork was not ready: {error!r}") from None
        except BaseException:
            await family._end()
            raise

    @property
    def loading_s(self) -> float | None:
        """As the zygote's."""
        return self._zygote.loading_s

    async def audit(self) -> None:
        """As the zygote's."""
        await self._zygote.audit()

    async def copy(self, member: Member) -> Member:
        """Forks a member that waits for a job.

        Raises:
            NotCopied: forks are granted nowhere here; the member goes on.
            Broken: the member did not do as it was told, and its family is ended.
        """
        gate = self._gate
        if gate is None or member.pidfd is None or not self._forks:
            raise NotCopied(
                "this server cannot copy sessions: its kernel lets nobody grant a fork, or has no "
                "namespace that ends all copies for sure"
            )
        async with self._copying:
            try:
                async with asyncio.timeout(_FORK_S):
                    with gate.permit(member.pid) as expected:
                        return await self._copied(member, expected)
            except (ChannelClosed, ProtocolViolation, TimeoutError) as error:
                # A copy may be about that nobody has seen.
                await self._end()
                raise Broken(f"the session was not copied, and has ended: {error!r}") from None

    async def _copied(self, member: Member, expected: asyncio.Future[Copy]) -> Member:
        await member.channel.send(job.Fork())
        told = asyncio.ensure_future(_forked(member.channel))
        try:
            first: set[asyncio.Future[Any]] = {told, expected}
            await asyncio.wait(first, return_when=asyncio.FIRST_COMPLETED)
            if not expected.done() and (error := (await told).error):
                # It may lie, and have a copy: then nothing else would end that.
                raise ProtocolViolation(error)
            copy = await expected
            try:
                memory = MemoryMeter(copy.pid, beside=member.memory)
            except OSError:
                os.close(copy.pidfd)
                copy.end.close()
                raise ChannelClosed from None
            made = self._add(Channel(copy.end), copy.pid, copy.pidfd, memory)
            copy.release()
            if (await told).error or (await _forked(made.channel)).error:
                raise ProtocolViolation("a fork that failed, and a copy")
            return made
        finally:
            told.cancel()

    def kill_now(self, sandbox: Sandbox) -> None:
        """As the zygote's, from any thread."""
        for member in tuple(self._members.values()):
            if member.sandbox is sandbox:
                self._signal(member)

    async def kill(self, sandbox: Sandbox) -> int | None:
        """Returns when the member has ended. Idempotent."""
        for member in tuple(self._members.values()):
            if member.sandbox is sandbox:
                sandbox.channel.hang_up()
                self._signal(member)
                try:
                    async with asyncio.timeout(_END_S):
                        await asyncio.shield(sandbox.ended)
                except TimeoutError:
                    _log.error("a session's process outlived its kill; ending its family")
                    await self._end()
        return None

    def _signal(self, member: Member) -> None:
        if member.pidfd is None:
            self._zygote.kill_now(self._root)
            return
        with member.lock:
            if member.ended:
                return
            try:
                signal.pidfd_send_signal(member.pidfd, signal.SIGKILL)
            except ProcessLookupError:
                pass
            except OSError as error:
                _log.error("a session's process cannot be ended alone: %s", error)
                self._zygote.kill_now(self._root)

    def _add(self, channel: Channel, pid: int, pidfd: int | None, memory: MemoryMeter) -> Member:
        loop = asyncio.get_running_loop()
        sandbox = Sandbox(self._root.number, channel, loop.create_future())
        member = self._members[pid] = Member(sandbox, pid, pidfd, memory)
        if pidfd is not None:
            loop.add_reader(pidfd, self._gone, member)
        return member

    def _gone(self, member: Member) -> None:
        """The member's process has ended."""
        if member.ended:
            return
        with member.lock:
            member.ended = True
            if member.pidfd is not None:
                asyncio.get_running_loop().remove_reader(member.pidfd)
                os.close(member.pidfd)
        self._members.pop(member.pid, None)
        if not member.sandbox.ended.done():
            member.sandbox.ended.set_result(0)
        member.sandbox.close()
        if not self._members and self._gate is not None:
            self._gate.close()

    def _all_gone(self, ended: asyncio.Future[int]) -> None:
        """The keeper has ended, and so has everything below it."""
        if not ended.cancelled():
            ended.exception()  # seen
        for member in tuple(self._members.values()):
            self._gone(member)

    def _forbid(self, thread: int, name: str) -> None:
        member = self._members.get(_process_of(thread))
        audit.forbidden_call(self._root.number, name)
        if member is None:
            # Nobody's that is known: a copy that did not announce itself, or something of it.
            self._zygote.kill_now(self._root)
            return
        member.sandbox.forbidden = name
        self._signal(member)

    async def _end(self) -> None:
        """All of it. Idempotent."""
        for member in tuple(self._members.values()):
            member.channel.hang_up()
        with contextlib.suppress(ZygoteDied):
            await self._zygote.kill(self._root)
        for member in tuple(self._members.values()):
            self._gone(member)
        if self._gate is not None:
            self._gate.close()


async def _forked(channel: Channel) -> job.Forked:
    """Raises ProtocolViolation where something else is said."""
    match await channel.receive():
        case [job.Forked() as forked]:
            return forked
    raise ProtocolViolation("the session spoke out of turn")


def _pidfd(pid: int) -> int | None:
    """Of a process that has not run a caller's code yet, so that it is what it says."""
    try:
        return os.pidfd_open(pid)
    except OSError:
        return None  # gVisor has none


def _process_of(thread: int) -> int:
    """The process that a thread belongs to; 0 where it cannot be told."""
    try:
        with open(f"/proc/{thread}/status", "rb") as lines:
            for line in lines:
                if line.startswith(b"Tgid:"):
                    return int(line.split()[1])
    except OSError:
        pass
    return 0
