"""An attack behind a real server: both walls, or the kernel wall alone.

One server stands for all attacks, and is looked over after each: what came back, what was disturbed
around it, what its processes hold, what its log says; and, after each batch, what the next call
finds (batches.py).
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import grpc
from cloche import wire
from cloche.contract.config import ServerConfig
from cloche.contract.errors import WireError
from cloche.v1 import execution_pb2 as pb

from tests.attacks import witness
from tests.attacks.attack import Ask, Attack, load
from tests.attacks.held import Holdings, available_bytes, children, gained, holdings
from tests.attacks.scene import VARIABLE, Scene, planted
from tests.attacks.small_client import SmallClient
from tests.attacks.unconfined import Outcome
from tests.support.server import RunningServer, request, running_server

_LOOK_EVERY_S: Final = 0.01
# How much longer than its limit a call may take to end, on a busy machine.
_GRACE_S: Final = 15.0
# RLIMIT_AS leaves this much for what is reserved and hardly used; see walls/kernel/limits.py.
_RESERVED_BYTES: Final = (1 << 30) + (128 << 20)
# What else may take the machine's memory while an attack runs.
_MACHINE_BYTES: Final = 2 << 30
_NEIGHBOUR: Final = """
import time

def neighbour(model, tokenizer, secret):
    time.sleep(100)
    return len(secret)
"""


class Target:
    """A server with a scene around it and a neighbour's call in it. Of no use after an escape."""

    #: Sandboxes of the target's own that live beside those of calls.
    _keepers = 0

    def __init__(self, server: RunningServer, scene: Scene) -> None:
        self.server = server
        self.scene = scene
        self._client = SmallClient()
        self._unconfined = "kernel" in server.config.unsafe_walls_off
        plain = "language" in server.config.unsafe_walls_off
        self._witness = witness.PLAIN if plain else witness.ANY
        self._neighbour = self._new_neighbour()
        self._zygote = server.zygote().pid
        self._first = self._fingerprint()
        scene.processes = {
            "front": server.process.pid,
            "launcher": server.launcher().pid,
            "zygote": self._zygote,
        }

    def attempt(self, path: Path) -> Outcome:
        """Runs the attack at `path` and says what was seen of it from outside."""
        outcome = self.shoot(path)
        return replace(outcome, effect=outcome.effect or self.next_call())

    def shoot(self, path: Path) -> Outcome:
        """`attempt` without the look at what the next call finds."""
        attack = load(path)
        logged = len(self.server.log())
        answer, held = self._run(attack)
        effect = self.scene.leaked(_all_of(answer)) or self.scene.disturbed()
        effect = effect or self._decoded(answer)
        if effect is None and attack.picks_up:
            effect = self._picked_up(attack)
        # What was held for a moment comes after what was done: it is seen by chance.
        effect = effect or held or self._shaken(logged)
        return Outcome(effect, _summary(answer))

    def next_call(self) -> str | None:
        """What the next call finds, if it is not what the first one found."""
        found = self._fingerprint()
        if found == self._first:
            return None
        return f"the next call met another world: {_difference(self._first, found)}"

    def close(self) -> None:
        self._client.close()
        self._neighbour.cancel()

    def _prepare(self, call: pb.Call, ask: Ask) -> dict[int, Holdings]:
        """Where the call is to run, if that is no waiting sandbox: as it is before it."""
        return {}

    def _run(self, attack: Attack) -> tuple[Any, str | None]:
        idle = self._idle()
        self.scene.processes["sibling"] = min(idle)
        facts = self.scene.facts()
        call = _call(attack.source, attack.ask, "attack", attack.told(facts, facts["address"]))
        idle |= self._prepare(call, attack.ask)
        started = time.monotonic()
        deadline = attack.ask.timeout_s + _GRACE_S
        future = self.server.stub.Execute.future(pb.ExecuteRequest(call=call), timeout=deadline)
        held = None
        available = available_bytes()
        while not future.done():
            if available - available_bytes() > attack.ask.memory_bytes + _MACHINE_BYTES:
                held = held or "the machine's memory is taken, and no process has it"
            for pid, before in idle.items():
                with contextlib.suppress(OSError, KeyError):  # it has ended
                    held = held or _beyond(before, holdings(pid), attack.ask)
            time.sleep(_LOOK_EVERY_S)
        took = time.monotonic() - started
        answer = future.exception() or future.result()
        if took >= deadline or _code(answer) == grpc.StatusCode.CANCELLED:
            return answer, f"the call outlived its limit: {took:.1f} s"
        return answer, held

    def _idle(self) -> dict[int, Holdings]:
        """The sandboxes that wait for a call, as they are before it."""
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            found = {}
            for pid in children(self._zygote):
                with contextlib.suppress(OSError, KeyError):
                    seen = holdings(pid)
                    if self._unconfined or (seen.seccomp == "2" and len(seen.descriptors) == 1):
                        found[pid] = seen
            if len(found) >= 2:  # one of them is the neighbour
                return found
            time.sleep(0.01)
        raise AssertionError(f"no sandbox waits for a call:\n{self.server.log()[-2000:]}")

    def _decoded(self, answer: Any) -> str | None:
        if isinstance(answer, pb.ExecuteResponse) and answer.WhichOneof("outcome") == "result":
            return self._client.harmed_by(answer.result)
        return None

    def _picked_up(self, attack: Attack) -> str | None:
        """Whether a second call finds what the first was told."""
        answer = self._execute(_call(attack.source, attack.ask, "pick_up", None))
        if self.scene.deposit.encode() in _all_of(answer):
            return "the next call found what was left for it"
        return None

    def _fingerprint(self) -> bytes:
        call = request(self._witness, timeout_s=60, entry_point="witness", seed=7)
        answer = self._execute(call)
        if isinstance(answer, pb.ExecuteResponse) and answer.WhichOneof("outcome") == "result":
            return answer.result
        return repr(answer).encode()

    def _shaken(self, logged: int) -> str | None:
        """What happened to the server itself."""
        if self.server.process.poll() is not None:
            return f"the server ended:\n{self.server.log()[logged:][-2000:]}"
        new = self.server.log()[logged:]
        # At a line's start: what a log quotes is no failure.
        if "\nTraceback" in f"\n{new}" or self.scene.leaked(new.encode()):
            return f"the server's log holds a failure or a secret:\n{new[-2000:]}"
        if not os.path.exists(f"/proc/{self._zygote}"):
            return "the zygote ended"
        if self._neighbour.done():
            ended = self._neighbour.exception()
            if ended is not None:
                # A server that ends has let its callers go before it is gone.
                with contextlib.suppress(subprocess.TimeoutExpired):
                    self.server.process.wait(5)
                    return f"the server ended:\n{self.server.log()[logged:][-2000:]}"
                return f"a neighbour's call was ended: {ended}"
            self._neighbour = self._new_neighbour()
        most = self.server.config.pool_size + 1 + self._keepers
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            left = children(self._zygote)
            if len(left) <= most:
                return None
            time.sleep(0.01)
        return f"{len(left)} sandboxes live where {most} should"

    def _new_neighbour(self) -> Any:
        call = request(_NEIGHBOUR, self.scene.secrets["neighbour"], timeout_s=110)
        return self.server.stub.Execute.future(pb.ExecuteRequest(call=call))

    def _execute(self, call: pb.Call) -> Any:
        try:
            return self.server.stub.Execute(pb.ExecuteRequest(call=call), timeout=70)
        except grpc.RpcError as error:
            return error


@contextlib.contextmanager
def target(config: ServerConfig, kind: type[Target] = Target) -> Iterator[Target]:
    """A server whose environment and folder hold secrets.

    The folder is one that any user may enter: nothing but the walls keeps a sandbox out.
    """
    with (
        tempfile.TemporaryDirectory(prefix="cloche-attacks-") as folder,
        planted(Path(folder)) as scene,
        running_server(
            config,
            env=os.environ | {VARIABLE: scene.secrets["server"]},
            cwd=Path(folder),
        ) as server,
    ):
        found = kind(server, scene)
        try:
            yield found
        finally:
            found.close()


def _call(source: str, ask: Ask, entry_point: str, told: Any) -> pb.Call:
    call = request(
        source,
        entry_point=entry_point,
        timeout_s=ask.timeout_s,
        memory_bytes=ask.memory_bytes,
        result_max_bytes=ask.result_max_bytes,
        output_max_bytes=ask.output_max_bytes,
    )
    if told is not None:
        call.args = wire.encode([told]) if ask.arguments is None else ask.arguments
    return call


def _beyond(before: Holdings, now: Holdings, ask: Ask) -> str | None:
    grown = now.memory_bytes - before.memory_bytes
    if grown > ask.memory_bytes + _RESERVED_BYTES:
        return f"a process took {grown} bytes where it may take {ask.memory_bytes}"
    return gained(before, now)


def _all_of(answer: Any) -> bytes:
    """Every byte that came back."""
    if isinstance(answer, pb.ExecuteResponse):
        return answer.SerializeToString()
    metadata = [(*(answer.initial_metadata() or ()), *(answer.trailing_metadata() or ()))]
    return repr((answer.details(), metadata)).encode()


def _code(answer: Any) -> grpc.StatusCode | None:
    return None if isinstance(answer, pb.ExecuteResponse) else answer.code()


def _summary(answer: Any) -> str:
    if isinstance(answer, pb.ExecuteResponse):
        if answer.WhichOneof("outcome") == "result":
            return f"returned {len(answer.result)} bytes"
        return f"{answer.failure.type}: {answer.failure.message}"[:500]
    return f"{answer.code().name}: {answer.details()}"[:500]


def _difference(first: bytes, found: bytes) -> str:
    try:
        before, now = wire.decode(first), wire.decode(found)
        names = [name for name in before if repr(before[name]) != repr(now.get(name))]
    except (WireError, AttributeError):
        return found.decode(errors="replace")[:500]
    return ", ".join(names)
