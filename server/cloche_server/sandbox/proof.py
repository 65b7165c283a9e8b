"""Proves the kernel wall, every layer alone and all together, by attempts in throw-away children.

Who runs it: the zygote, before it loads anything. A version number promises; an attempt shows. What
each layer is reported to close is what was seen to be refused with that layer alone. A hole that is
open behind the whole wall stops the server.
"""

from __future__ import annotations

import ctypes
import os
import signal
import socket
from collections.abc import Callable
from dataclasses import dataclass, replace

from cloche_server.sandbox import seccomp
from cloche_server.sandbox.holes import HOLES, MAGIC, OPEN, Hole, Scene
from cloche_server.sandbox.lockdown import CHANNEL, STEPS, LockdownError, Materials, Step, lock_down
from cloche_server.sandbox.namespaces import PidNamespaces

_CLOSED = 0
_STEP_FAILED = 78
_NO_STEPS: frozenset[str] = frozenset()

PID_NAMESPACE = "pid namespace"
NETWORK_NAMESPACE = "network namespace"


@dataclass(frozen=True, kw_only=True)
class Layer:
    """One layer as it was found: what it was seen to close alone, or why it is missing."""

    name: str
    active: bool
    detail: str
    closes: tuple[str, ...] = ()


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


def prove(materials: Materials, pid_namespaces: PidNamespaces | None) -> Wall:
    """Tries everything that a sandbox must not do.

    Args:
        materials: as a real sandbox would get them.
        pid_namespaces: how children get one of their own; None where the kernel has none.

    Raises:
        LockdownError: a hole stays open; the message names it and what would close it.
    """
    magic = ctypes.create_string_buffer(MAGIC)
    neighbour = os.fork()
    if neighbour == 0:
        signal.pause()
        os._exit(0)
    try:
        scene = Scene(
            neighbour=neighbour,
            magic_address=ctypes.addressof(magic),
            memory_bytes=materials.ceiling.memory_bytes,
        )
        laboratory = _Laboratory(materials, scene)
        layers = [_prove_step(step, laboratory) for step in STEPS]
        layers.append(_prove_pid_namespace(pid_namespaces, laboratory))
        layers.append(_prove_network_namespace(laboratory))
        wall = Wall(layers=tuple(layers))
        _require_closed(wall, pid_namespaces, laboratory)
        return wall
    finally:
        os.kill(neighbour, signal.SIGKILL)
        os.waitpid(neighbour, 0)


def _prove_step(step: Step, laboratory: _Laboratory) -> Layer:
    alone = _with_needs(step)
    findings = {hole: laboratory.attempt(hole, alone) for hole in HOLES}
    failures = {finding.text for finding in findings.values() if finding.step_failed}
    if failures:
        return Layer(name=step.name, active=False, detail=failures.pop())
    # A step must not be credited with what the steps it needs have closed.
    before = alone - {step.name}
    closes = tuple(
        hole.name
        for hole, found in findings.items()
        if not found.open and laboratory.attempt(hole, before).open
    )
    return Layer(name=step.name, active=True, detail=step.why, closes=closes)


def _prove_pid_namespace(pid_namespaces: PidNamespaces | None, laboratory: _Laboratory) -> Layer:
    if pid_namespaces is None:
        return Layer(name=PID_NAMESPACE, active=False, detail="the kernel refuses one to this user")
    closes = tuple(
        hole.name
        for hole in HOLES
        if laboratory.attempt(hole, _NO_STEPS).open
        and not laboratory.attempt(hole, _NO_STEPS, pid_namespaces).open
    )
    return Layer(
        name=PID_NAMESPACE, active=True, detail="no other process has a number here", closes=closes
    )


def _prove_network_namespace(laboratory: _Laboratory) -> Layer:
    """Every child is born behind this one: it is seen by what it leaves to reach."""
    network = next(hole for hole in HOLES if hole.name == "reach the network")
    finding = laboratory.attempt(network, _NO_STEPS)
    if finding.open:
        return Layer(name=NETWORK_NAMESPACE, active=False, detail="the host's network is in sight")
    return Layer(
        name=NETWORK_NAMESPACE, active=True, detail="no interface is up", closes=(network.name,)
    )


def _require_closed(
    wall: Wall, pid_namespaces: PidNamespaces | None, laboratory: _Laboratory
) -> None:
    findings = {hole: laboratory.attempt(hole, wall.steps, pid_namespaces) for hole in HOLES}
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
            f"a technique could still: {'; '.join(still_open)}. "
            f"Missing layers: {missing or 'none'}. "
            "Refusing to start: run on a kernel with seccomp filters, and allow user namespaces "
            "(sysctl user.max_user_namespaces, or the container's seccomp profile)"
        )


def _with_needs(step: Step) -> frozenset[str]:
    names = {step.name}
    for needed in step.needs:
        names |= _with_needs(next(other for other in STEPS if other.name == needed))
    return frozenset(names)


class _Laboratory:
    """Runs attempts in throw-away children, each combination once."""

    def __init__(self, materials: Materials, scene: Scene) -> None:
        self._materials = materials
        self._scene = scene
        self._known: dict[tuple[Hole, frozenset[str], bool], _Finding] = {}

    def attempt(
        self,
        hole: Hole,
        steps: frozenset[str],
        pid_namespaces: PidNamespaces | None = None,
    ) -> _Finding:
        """How `hole` fares in a child that took `steps`."""
        key = (hole, steps, pid_namespaces is not None)
        if key not in self._known:
            self._known[key] = self._fork(hole, steps, pid_namespaces)
        return self._known[key]

    def _fork(
        self, hole: Hole, steps: frozenset[str], pid_namespaces: PidNamespaces | None
    ) -> _Finding:
        ours, theirs = socket.socketpair()
        if pid_namespaces is not None:
            pid_namespaces.before_fork()
        child = os.fork()
        if child == 0:
            channel = theirs.fileno()
            materials = replace(self._materials, channel=channel)
            _run_child(lambda: _act(hole, steps, materials, self._scene), steps, channel)
        if pid_namespaces is not None:
            pid_namespaces.after_fork()
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


def _act(hole: Hole, steps: frozenset[str], materials: Materials, scene: Scene) -> tuple[int, str]:
    try:
        lock_down(materials, steps)
    except LockdownError as error:
        return _STEP_FAILED, str(error)
    try:
        hole.attempt(scene)
    except (OSError, MemoryError) as error:
        return _CLOSED, str(error)
    return OPEN, "it worked"


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
