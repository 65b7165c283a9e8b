"""Proves the kernel wall, every layer alone and all together, by attempts in throw-away children.

Who runs it: the zygote, before it loads anything. A version number promises; an attempt shows. What
each layer is reported to close is what was seen to be refused with that layer alone. A hole that is
open behind the whole wall stops the server.
"""

from __future__ import annotations

import contextlib
import ctypes
import functools
import os
import signal
import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from cloche_server.walls.kernel import libc, seccomp
from cloche_server.walls.kernel.holes import HOLES, MAGIC, OPEN, Hole, ProbeFixtures
from cloche_server.walls.kernel.lockdown import (
    CHANNEL,
    STEPS,
    LockdownError,
    Materials,
    Step,
    lock_down,
)
from cloche_server.walls.kernel.namespaces import PidNamespaces

_CLOSED = 0
_STEP_FAILED = 78
_NO_STEPS: frozenset[str] = frozenset()

ALL_THREADS = "all threads"
PID_NAMESPACE = "pid namespace"
NETWORK_NAMESPACE = "network namespace"


@dataclass(frozen=True, kw_only=True)
class Layer:
    """One layer as it was found: what it was seen to close alone, or why it is missing."""

    name: str
    active: bool
    detail: str
    closes: tuple[str, ...] = ()
    # What a missing layer would have closed.
    missing_against: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Wall:
    """The kernel wall of this machine."""

    layers: tuple[Layer, ...]

    @property
    def steps(self) -> frozenset[str]:
        """The names of the steps that a sandbox takes."""
        return frozenset(layer.name for layer in self.layers if layer.active)


@dataclass(frozen=True)
class _Finding:
    """How one child ended: the hole was open, or how it was closed, or why a step failed."""

    open: bool
    step_failed: bool
    text: str


def prove(
    materials: Materials,
    pid_namespaces: PidNamespaces | None,
    outside_listener: socket.socket,
    *,
    others: Sequence[Materials] = (),
    halves: bool = False,
) -> Wall:
    """Tries everything that a sandbox must not do.

    Args:
        materials: as a real sandbox would get them.
        pid_namespaces: how children get one of their own; None where the kernel has none.
        outside_listener: listens in the network that the launcher was started in.
        others: of other kinds of sandboxes, behind whose walls all must be closed, too.
        halves: sandboxes start threads between the halves of their lockdown. Then everything is
            tried once more, behind the whole wall, by the first thread and by one of those.

    Raises:
        LockdownError: a hole stays open; the message names it and what would close it.
    """
    with _scene(materials, outside_listener) as scene:
        runner = _ProbeRunner(materials, scene)
        layers: list[Layer] = []
        for step in STEPS:
            active = frozenset(layer.name for layer in layers if layer.active)
            if step.instead_of not in active:
                layers.append(_prove_step(step, active, runner))
        layers.append(_prove_network_namespace(scene, runner))
        # Last of all: where there is no way back, a plain fork fails from here on.
        layers.append(_prove_pid_namespace(pid_namespaces, runner))
        wall = Wall(layers=_with_replacements(layers))
        every = (runner, *(_ProbeRunner(other, scene) for other in others))
        for each in every:
            _require_closed(wall, pid_namespaces, each, _one_thread)
        if halves:
            for each in every:
                for actor in (_first_of_two, _second_of_two):
                    _require_closed(wall, pid_namespaces, each, actor)
            detail = "threads that run before the filter is loaded are bound by it"
            threads = Layer(name=ALL_THREADS, active=True, detail=detail)
            wall = Wall(layers=(*wall.layers, threads))
        return wall


@contextlib.contextmanager
def _scene(materials: Materials, outside_listener: socket.socket) -> Iterator[ProbeFixtures]:
    magic = ctypes.create_string_buffer(MAGIC)
    reader, writer = os.pipe()
    neighbour = os.fork()
    if neighbour == 0:
        os.write(writer, os.readlink("/proc/self").encode())
        signal.pause()
        os._exit(0)
    try:
        segment = libc.shmget(4096, 0o666)
    except OSError:
        segment = -1
    try:
        yield ProbeFixtures(
            neighbour=neighbour,
            neighbour_in_proc=int(os.read(reader, 32)),
            magic_address=ctypes.addressof(magic),
            segment=segment,
            outside_port=outside_listener.getsockname()[1],
            memory_bytes=materials.ceiling.memory_bytes,
        )
    finally:
        os.close(reader)
        os.close(writer)
        os.kill(neighbour, signal.SIGKILL)
        os.waitpid(neighbour, 0)
        if segment != -1:
            libc.shm_remove(segment)


def _prove_step(step: Step, active: frozenset[str], runner: _ProbeRunner) -> Layer:
    alone = _with_needs(step, active)
    findings = {hole: runner.attempt(hole, alone) for hole in HOLES}
    failures = {finding.text for finding in findings.values() if finding.step_failed}
    if failures:
        return Layer(
            name=step.name, active=False, detail=failures.pop(), missing_against=step.against
        )
    # A step must not be credited with what the steps it needs have closed.
    before = alone - {step.name}
    closes = tuple(
        hole.name
        for hole, found in findings.items()
        if not found.open and runner.attempt(hole, before).open
    )
    return Layer(name=step.name, active=True, detail=step.why, closes=closes)


def _prove_network_namespace(scene: ProbeFixtures, runner: _ProbeRunner) -> Layer:
    """Every child is born behind this one: it is seen by what it leaves to reach."""
    network = next(hole for hole in HOLES if hole.name == "reach the network")
    if runner.attempt(network, _NO_STEPS).open:
        detail = "the server's network is in sight"
    elif not scene.outside_port:
        detail = "the server has no network either"
    else:
        detail = "no interface leads out"
        return Layer(name=NETWORK_NAMESPACE, active=True, detail=detail, closes=(network.name,))
    return Layer(
        name=NETWORK_NAMESPACE, active=False, detail=detail, missing_against=(network.name,)
    )


def _prove_pid_namespace(pid_namespaces: PidNamespaces | None, runner: _ProbeRunner) -> Layer:
    if pid_namespaces is None:
        detail = "the kernel refuses one to this user"
        against = ("signal other processes",)
        return Layer(name=PID_NAMESPACE, active=False, detail=detail, missing_against=against)
    open_before = [hole for hole in HOLES if runner.attempt(hole, _NO_STEPS).open]
    closes = tuple(
        hole.name
        for hole in open_before
        if not runner.attempt(hole, _NO_STEPS, pid_namespaces).open
    )
    return Layer(
        name=PID_NAMESPACE, active=True, detail="no other process has a number here", closes=closes
    )


def _with_replacements(layers: list[Layer]) -> tuple[Layer, ...]:
    """Says of each missing layer what was seen to close its holes instead."""
    found = []
    for layer in layers:
        holes: dict[str, list[str]] = {}
        for hole in layer.missing_against:
            closers = ", ".join(other.name for other in layers if hole in other.closes)
            holes.setdefault(closers or "nothing here opens", []).append(hole)
        instead = "; ".join(f"{closers} ({', '.join(names)})" for closers, names in holes.items())
        detail = f"{layer.detail}. Instead: {instead}" if instead else layer.detail
        found.append(replace(layer, detail=detail))
    return tuple(found)


def _require_closed(
    wall: Wall, pid_namespaces: PidNamespaces | None, runner: _ProbeRunner, actor: _Actor
) -> None:
    findings = {hole: runner.attempt(hole, wall.steps, pid_namespaces, actor) for hole in HOLES}
    still_open = [
        f"{hole.name} ({finding.text})"
        for hole, finding in findings.items()
        if finding.open or finding.step_failed
    ]
    if still_open:
        missing = ", ".join(
            f"{layer.name} ({layer.detail})" for layer in wall.layers if not layer.active
        )
        raise LockdownError(
            f"a technique could still{actor.where}: {'; '.join(still_open)}. "
            f"Missing layers: {missing or 'none'}. "
            "Refusing to start: run on a kernel with seccomp filters, and allow user namespaces "
            "(sysctl user.max_user_namespaces, or the container's seccomp profile)"
        )


def _with_needs(step: Step, active: frozenset[str]) -> frozenset[str]:
    names = {step.name, *(active & set(step.after))}
    for needed in step.needs:
        names |= _with_needs(next(other for other in STEPS if other.name == needed), active)
    return frozenset(names)


class _ProbeRunner:
    """Runs attempts in throw-away children, each combination once."""

    def __init__(self, materials: Materials, scene: ProbeFixtures) -> None:
        self._materials = materials
        self._scene = scene
        self._known: dict[tuple[Hole, frozenset[str], bool, str], _Finding] = {}

    def attempt(
        self,
        hole: Hole,
        steps: frozenset[str],
        pid_namespaces: PidNamespaces | None = None,
        actor: _Actor | None = None,
    ) -> _Finding:
        """How `hole` fares in a child that took `steps`."""
        actor = actor or _one_thread
        key = (hole, steps, pid_namespaces is not None, actor.where)
        if key not in self._known:
            self._known[key] = self._fork(hole, steps, pid_namespaces, actor)
        return self._known[key]

    def _fork(
        self,
        hole: Hole,
        steps: frozenset[str],
        pid_namespaces: PidNamespaces | None,
        actor: _Actor,
    ) -> _Finding:
        ours, theirs = socket.socketpair()
        child = os.fork() if pid_namespaces is None else pid_namespaces.fork()
        if child == 0:
            channel = theirs.fileno()
            materials = replace(self._materials, channel=channel)
            attempt = functools.partial(hole.attempt, self._scene)
            _run_child(lambda: _act(attempt, steps, materials, actor), steps, channel)
        theirs.close()
        # Read as plain bytes, a greeting leaves its listener behind: nobody waits for an answer.
        with ours, ours.makefile("rb") as stream:
            said = stream.read().removeprefix(seccomp.GREETING)
        text = said.decode(errors="replace")
        _, status = os.waitpid(child, 0)
        if os.WIFSIGNALED(status):
            name = signal.Signals(os.WTERMSIG(status)).name
            return _Finding(open=False, step_failed=False, text=f"killed by {name}")
        code = os.WEXITSTATUS(status)
        return _Finding(
            open=code == OPEN, step_failed=code == _STEP_FAILED, text=text or "it worked"
        )


def _act(
    attempt: Callable[[], None], steps: frozenset[str], materials: Materials, actor: _Actor
) -> tuple[int, str]:
    try:
        attempt = actor.lock_down(attempt, steps, materials)
    except LockdownError as error:
        return _STEP_FAILED, str(error)
    try:
        attempt()
    except (OSError, MemoryError) as error:
        return _CLOSED, str(error)
    return OPEN, "it worked"


@dataclass(frozen=True)
class _Actor:
    """Who makes an attempt: `lock_down` locks a child down, and returns the attempt as theirs."""

    where: str
    lock_down: Callable[[Callable[[], None], frozenset[str], Materials], Callable[[], None]]


def _alone(
    attempt: Callable[[], None], steps: frozenset[str], materials: Materials
) -> Callable[[], None]:
    lock_down(materials, steps)
    return attempt


def _beside_another(
    attempt: Callable[[], None], steps: frozenset[str], materials: Materials
) -> Callable[[], None]:
    _lock_down_with_thread(steps, materials, lambda: None)
    return attempt


def _by_another(
    attempt: Callable[[], None], steps: frozenset[str], materials: Materials
) -> Callable[[], None]:
    return _lock_down_with_thread(steps, materials, attempt)


def _lock_down_with_thread(
    steps: frozenset[str], materials: Materials, act: Callable[[], None]
) -> Callable[[], None]:
    """Returns what has the thread act that was there when the filter was loaded."""
    kept = os.memfd_create("cloche-proof", os.MFD_CLOEXEC)
    locked = threading.Event()
    ended: list[BaseException | None] = []

    def run() -> None:
        locked.wait()
        try:
            act()
        except BaseException as error:  # noqa: BLE001  # for the thread that waits
            ended.append(error)
        else:
            ended.append(None)

    thread = threading.Thread(target=run, daemon=True)
    lock_down(replace(materials, kept=(kept,)), steps, lambda _: thread.start())

    def ask() -> None:
        locked.set()
        thread.join()
        if ended[0] is not None:
            raise ended[0]

    return ask


_one_thread = _Actor("", _alone)
_first_of_two = _Actor(" with a second thread", _beside_another)
_second_of_two = _Actor(" by a second thread", _by_another)


def _run_child(act: Callable[[], tuple[int, str]], steps: frozenset[str], channel: int) -> None:
    """Never returns. Anything unforeseen counts as an open hole."""
    code, text = OPEN, "the probe itself failed"
    try:
        code, text = act()
    except BaseException as error:  # noqa: BLE001  # a child must never run on into the zygote's code
        text = f"the probe itself failed: {error!r}"
    finally:
        if "descriptors" in steps:
            channel = CHANNEL
        try:
            os.write(channel, text.encode())
        finally:
            os._exit(code)
