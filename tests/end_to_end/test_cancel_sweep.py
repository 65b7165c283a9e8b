"""A call whose task is cancelled at its first await, at its second, and so on to its last.

With a real zygote and real sandboxes, and the front's own objects in this process, so that what a
call takes can be counted: slots, places, memory, budget, sandboxes, descriptors, watches.
"""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import itertools
import os
from collections.abc import AsyncIterator, Callable, Coroutine, Generator, Iterator
from dataclasses import dataclass
from typing import Any

import psutil
import pytest
from cloche.contract.config import ServerConfig
from cloche.v1 import execution_pb2 as pb
from cloche_server.front.arguments import NO_ARGUMENTS, Arguments
from cloche_server.front.audit import Record
from cloche_server.front.budget import MemoryBudget
from cloche_server.front.calls import Calls
from cloche_server.front.memory_share import MemoryShare, MemoryShares
from cloche_server.front.options import Options
from cloche_server.front.supervisor import Supervisor
from cloche_server.front.watch import Watch
from cloche_server.ipc import job
from cloche_server.refusal import Refusal

pytestmark = pytest.mark.xdist_group("serial")

MIB = 1 << 20
TOTAL = 1 << 40
BUDGET = 64 * MIB
SLOTS = 2
PATIENCE_S = 30.0
# Far more awaits than any of these calls has.
MOST = 200

WELL = "def f(model, tokenizer, *given): print('x'); return 'well'"
# More than the outbox takes: its caller is waited for.
LARGE = "def f(model, tokenizer): return b'x' * (2 << 20)"
OPTIONS = Options(
    timeout_s=60.0,
    memory_bytes=256 * MIB,
    result_max_bytes=16 * MIB,
    output_max_bytes=MIB,
    seed=None,
)


class CancelsItself:
    """Runs a coroutine, and cancels its task while that waits for the `number`-th time; or late:
    when what it waits for has come, and before the task has seen it.
    """

    def __init__(self, running: Coroutine[Any, Any, None], number: int, *, late: bool) -> None:
        self._running = running
        self._number = number
        self._late = late
        self.waited = 0

    def __await__(self) -> Generator[Any, Any, None]:
        step: Callable[[], Any] = lambda: self._running.send(None)  # noqa: E731
        while True:
            try:
                awaited = step()
            except StopIteration:
                return
            self.waited += 1
            if self.waited == self._number:
                task = asyncio.current_task()
                assert task is not None
                if self._late and isinstance(awaited, asyncio.Future):
                    awaited.add_done_callback(lambda _: task.cancel())  # noqa: B023
                else:
                    task.cancel()
            try:
                yield awaited
            except BaseException as error:  # passed on
                thrown = error
                step = lambda: self._running.throw(thrown)  # noqa: B023, E731
            else:
                step = lambda: self._running.send(None)  # noqa: E731


async def awaited(runner: CancelsItself) -> None:
    await runner


@dataclass
class Front:
    """What a server has for one model, without its sockets."""

    supervisor: Supervisor
    watch: Watch
    calls: Calls
    memory: MemoryShares
    budget: MemoryBudget

    def taken(self) -> dict[str, object]:
        """What is not as it was before any call."""
        return {
            "calls": self.calls.running,
            "slots": SLOTS - self.calls._admission._free,
            "waiting": len(self.calls._admission._waiting._groups),
            "uploads": len(self.calls._uploads._moving) + len(self.calls._uploads._waiting),
            "results": len(self.calls._results._moving) + len(self.calls._results._waiting),
            "memory": TOTAL - self.memory.free_bytes,
            "budget": self.budget.held_bytes,
            "watched": len(self.watch._watched),
            # Those that wait for a call are the pool's.
            "sandboxes": len(self.supervisor.serving().zygote._sandboxes) - 1,
        }

    async def settle(self) -> tuple[int, int]:
        """Waits until nothing is taken; returns how many descriptors and processes there are."""
        pool = self.supervisor.serving().pool
        # One sandbox more or less is then no difference.
        async with asyncio.timeout(PATIENCE_S):
            while any(self.taken().values()) or not all(task.done() for task in pool._waiting):
                pool.refill()
                await asyncio.sleep(0.005)
        processes = psutil.Process().children(recursive=True)
        return len(os.listdir("/proc/self/fd")), len(processes)


@contextlib.asynccontextmanager
async def serving(config: ServerConfig) -> AsyncIterator[Front]:
    watch = Watch()
    supervisor = Supervisor(config, config.model, lambda _: None)
    living = asyncio.create_task(supervisor.run())
    memory = MemoryShares(TOTAL)
    calls = Calls(config.limits, supervisor, watch, memory)
    front = Front(supervisor, watch, calls, memory, MemoryBudget(BUDGET))
    try:
        while supervisor.facts is None:
            assert not living.done()
            await asyncio.sleep(0.05)
        yield front
    finally:
        living.cancel()
        await asyncio.gather(living, return_exceptions=True)
        watch.close()


def run(source: str, given: bytes = b"") -> job.Run:
    return job.Run(source, "", len(given), 0, 60.0, 256 * MIB, 16 * MIB, MIB, None)


async def upload(front: Front) -> None:
    """Arguments that come in two pieces, a while apart."""
    given = b"\x91\xc4\x04" + b"four"
    pieces = [given[:3], given[3:]]

    async def piece() -> bytes | None:
        await asyncio.sleep(0.01)
        return pb.ExecuteUploadRequest(data=pieces.pop(0)).SerializeToString() if pieces else None

    await one(front, run(WELL, given), Arguments(len(given), 0, upload=piece))


async def small(front: Front) -> None:
    await one(front, run(WELL))


async def unprepared(front: Front) -> None:
    """No sandbox is ready."""
    await front.supervisor.serving().pool.drain()
    await one(front, run(WELL))


async def queued(front: Front) -> None:
    """All slots are taken for a while."""
    slots = [await front.calls._admission.slot("other", within_s=60) for _ in range(SLOTS)]
    loop = asyncio.get_running_loop()
    for slot in slots:
        loop.call_later(0.02, slot.give_back)
    await one(front, run(WELL))


async def without_memory(front: Front) -> None:
    """All memory is taken for a while."""
    share = MemoryShare(front.memory)
    await share.take(TOTAL)
    asyncio.get_running_loop().call_later(0.02, share.end)
    await one(front, run(WELL))


async def large(front: Front) -> None:
    await one(front, run(LARGE), slowly=True)


async def check(front: Front) -> None:
    await one(front, job.Check(source=WELL, entry_point=""))


async def one(
    front: Front,
    task: job.ToSandbox,
    arguments: Arguments = NO_ARGUMENTS,
    *,
    slowly: bool = False,
) -> None:
    """As the service asks for a call, to its end or its cancellation."""
    record = Record("call", b"", caller="test", model="", entry_point="")
    with front.budget.held() as held:
        items = front.calls.run(task, OPTIONS, record, held, "test", arguments)
        async with contextlib.aclosing(items):
            async for _ in items:
                if slowly:
                    await asyncio.sleep(0.005)


KINDS = (small, unprepared, queued, without_memory, upload, large, check)


@contextlib.contextmanager
def cancelling(number: int, *, late: bool) -> Iterator[list[CancelsItself]]:
    """Calls' tasks made in here cancel themselves; yields them."""
    made: list[CancelsItself] = []
    loop = asyncio.get_running_loop()

    def factory(loop: asyncio.AbstractEventLoop, running: Any, **named: Any) -> asyncio.Task[Any]:
        if running.__qualname__ == "Calls._run":
            made.append(CancelsItself(running, number, late=late))
            running = awaited(made[0])
        return asyncio.Task(running, loop=loop, **named)

    loop.set_task_factory(factory)
    try:
        yield made
    finally:
        loop.set_task_factory(None)


async def test_cancelled_at_each_await_a_call_gives_everything_back(config: ServerConfig) -> None:
    limits = dataclasses.replace(config.limits, concurrent_calls=SLOTS)
    config = dataclasses.replace(config, limits=limits, pool_size=1)
    async with serving(config) as front:
        await small(front)
        before = await front.settle()
        for kind, late in itertools.product(KINDS, (False, True)):
            for number in itertools.count(1):
                cancelled = contextlib.suppress(asyncio.CancelledError, Refusal)
                with cancelling(number, late=late) as made, cancelled:
                    await kind(front)
                where = f"{kind.__name__}, await {number}{', late' if late else ''}"
                try:
                    now = await front.settle()
                except TimeoutError:
                    pytest.fail(f"{where}: {front.taken()}")
                assert now == before, where
                assert number < MOST
                if made[0].waited < number:
                    break
            assert number > 3, kind.__name__  # there was something to cancel
        await small(front)
