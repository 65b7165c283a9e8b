"""Zygote. Holds: the model, loaded once. Never: secrets, threads, caller code. Trusts: the front.

Ends: when the front closes the control socket. Its sandboxes end with it: it is process 1 of the
namespace above theirs, and where there is none they asked for a death signal.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import socket
import sys
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, NoReturn

import msgspec

from cloche_server.ipc import control
from cloche_server.walls.kernel import forking, limits, lockdown, proof, seccomp
from cloche_server.walls.kernel.lockdown import LockdownError, Materials
from cloche_server.walls.kernel.namespaces import PidNamespaces
from cloche_server.zygote import keeper
from cloche_server.zygote.auditor import Auditor

if TYPE_CHECKING:
    from cloche_server.zygote.loading import Held

# Exit codes of a sandbox that ended by its own; the front tells callers what they mean.
EXIT_LOCKDOWN_FAILED = 80
EXIT_CRASHED = 81
_LONGEST_REASON = 2_000


def main(descriptor: int, listener: int) -> int:
    """Serves the front on its control socket; returns the exit code.

    Args:
        descriptor: the control socket.
        listener: a socket that listens where the launcher was started, for the proof.
    """
    front = socket.socket(fileno=descriptor)
    front.set_inheritable(False)
    outside = socket.socket(fileno=listener)
    outside.set_inheritable(False)
    boot, _ = control.receive(front)
    if not isinstance(boot, control.Boot):
        return 0
    from cloche_server.models.errors import ModelError

    try:
        zygote = _start(front, boot, outside)
    except (LockdownError, ModelError) as error:
        _send(front, control.Failed(str(error)))
        return 1
    except Exception as error:  # noqa: BLE001  # of whatever kind, the operator is told it
        traceback.print_exc()
        said = f"{type(error).__name__}: {error}"
        text = f"the server cannot start: {said[:_LONGEST_REASON]} (its log has the whole of it)"
        _send(front, control.Failed(text))
        return 1
    zygote.serve()
    return 0


def _start(front: socket.socket, boot: control.Boot, outside: socket.socket) -> _Zygote:
    """The wall is proved first, and the model loaded behind it."""
    _send(front, control.Stage("proving the kernel wall", 0.05))
    try:
        pid_namespaces: PidNamespaces | None = PidNamespaces()
    except OSError:
        pid_namespaces = None
    threads = boot.model.threads + 1
    materials = lockdown.prepare(
        ceiling=limits.Ceiling(
            memory_bytes=boot.memory_max_bytes, cpu_s=boot.timeout_max_s * threads + 60
        )
    )
    for_sessions, notified = lockdown.for_sessions(
        materials,
        ceiling=limits.Ceiling(
            memory_bytes=boot.memory_max_bytes, cpu_s=boot.session_lifetime_max_s * threads + 60
        ),
    )
    if "kernel" in boot.walls_off:
        pid_namespaces = None
        off = proof.Layer(name="kernel wall", active=False, detail="switched off")
        wall = proof.Wall(layers=(off,))
    else:
        halves = boot.model.hands_over
        wall = proof.prove(
            materials, pid_namespaces, outside, others=(for_sessions,), halves=halves
        )
    outside.close()
    _send(front, control.Stage("importing libraries", 0.1))
    # Not at the top: the proof forks some hundred times, and torch would make each fork expensive.
    from cloche_server.zygote import loading

    fork = os.fork if pid_namespaces is None else pid_namespaces.fork
    held = loading.load(boot, fork, lambda text, part: _send(front, control.Stage(text, part)))
    for note in held.notes:
        print(f"cloche: not available with this model: {note}", file=sys.stderr)
    # Only a namespace of its own ends all copies for sure, whatever they do.
    forks = notified and pid_namespaces is not None and "seccomp" in wall.steps
    address_space_bytes = limits.address_space_bytes()
    materials = replace(materials, address_space_bytes=address_space_bytes)
    layers = _layers(boot, wall)
    if held.weights.prepare is not None and wall.steps:
        from cloche_server.zygote.weights import proof as weights_proof

        model = held.context.served.model
        fact = weights_proof.prove(held.weights, model, materials, wall.steps, fork)
        layers = (*layers, fact)
    _send(front, msgspec.structs.replace(held.facts, layers=layers, forks=forks))
    return _Zygote(
        front=front,
        held=held,
        materials=materials,
        for_sessions=replace(for_sessions, address_space_bytes=address_space_bytes),
        steps=wall.steps,
        fork=fork,
    )


def _layers(boot: control.Boot, wall: proof.Wall) -> tuple[control.LayerFact, ...]:
    on = "language" not in boot.walls_off
    detail = "RestrictedPython, default deny" if on else "switched off"
    language = control.LayerFact(name="language wall", active=on, detail=detail, closes=())
    return (
        language,
        *(
            control.LayerFact(layer.name, layer.active, layer.detail, layer.closes)
            for layer in wall.layers
        ),
    )


def _send(front: socket.socket, message: control.FromZygote) -> None:
    front.send(control.pack(message))


@dataclass(kw_only=True)
class _Zygote:
    """Forks on demand and reaps; nothing else."""

    front: socket.socket
    held: Held
    materials: Materials
    for_sessions: Materials
    steps: frozenset[str]
    fork: Callable[[], int]
    _sandboxes: dict[int, int] = field(default_factory=dict)  # process number → sandbox number
    _auditor: Auditor | None = None

    def serve(self) -> None:
        """Until the front is gone."""
        woken, wake = os.pipe()
        os.set_blocking(wake, False)
        os.set_blocking(woken, False)
        signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        try:
            while True:
                ready, _, _ = select.select([self.front.fileno(), woken], [], [])
                if woken in ready:
                    with contextlib.suppress(BlockingIOError):
                        os.read(woken, 4096)
                    self._reap()
                    if self._auditor is not None and not self._hear(self._auditor):
                        return
                if self.front.fileno() in ready and not self._obey():
                    return
        except (BrokenPipeError, ConnectionResetError):
            return  # the front went while it was being told something
        finally:
            for process in self._sandboxes:
                os.kill(process, signal.SIGKILL)

    def _obey(self) -> bool:
        """One message from the front; false at its end."""
        message, channel = control.receive(self.front)
        match message:
            case control.Spawn(sandbox, ahead, session) if channel is not None:
                self._fork(sandbox, channel, ahead, session)
                os.close(channel)
            case control.Kill(sandbox):
                for process, number in self._sandboxes.items():
                    if number == sandbox:
                        os.kill(process, signal.SIGKILL)
            case control.Audit() if self.held.weights.audit is not None:
                if self._auditor is None:
                    self._auditor = Auditor(self.held.weights.audit, self.fork)
                self._auditor.ask()
            case None:
                return False
        return True

    def _hear(self, auditor: Auditor) -> bool:
        """What an audit found, if one has ended; false where nothing may be served any more."""
        finding = auditor.reap()
        if finding is not None:
            _send(self.front, control.Audited(finding.intact, finding.detail))
        return finding is None or finding.intact

    def _reap(self) -> None:
        for process in list(self._sandboxes):
            ended, status = os.waitpid(process, os.WNOHANG)
            if ended:
                number = self._sandboxes.pop(process)
                _send(self.front, control.Ended(number, os.waitstatus_to_exitcode(status)))

    def _fork(self, sandbox: int, channel: int, ahead: bool, session: bool) -> None:
        try:
            process = self.fork()
            if process == 0 and session:
                self._become_keeper(channel)
            if process == 0:
                self._become_sandbox(channel, ahead)
        except OSError as error:
            print(f"cloche: no sandbox could be forked: {error}", file=sys.stderr)
            _send(self.front, control.Ended(sandbox, EXIT_CRASHED))
            return
        self._sandboxes[process] = sandbox

    def _become_keeper(self, channel: int) -> NoReturn:
        """In the child, as `_become_sandbox`; a sandbox is its child."""
        code = EXIT_CRASHED
        try:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            code = keeper.keep(lambda: self._become_sandbox(channel, ahead=False, session=True))
        finally:
            os._exit(code if code >= 0 else EXIT_CRASHED)

    def _become_sandbox(self, channel: int, ahead: bool, session: bool = False) -> NoReturn:
        """In the child. Whatever happens, it never returns into the zygote's loop."""
        code = EXIT_CRASHED
        materials = self.for_sessions if session else self.materials
        try:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            # /proc still belongs to the front's namespace, where the front will look for us.
            pid = int(os.readlink("/proc/self"))
            weights = self.held.weights
            if ahead:
                weights.early()
                self.held.footprint.take()
            if session:
                forking.leave_no_zombies()
            materials = replace(materials, channel=channel, kept=weights.descriptors)
            if self.steps:
                materials = lockdown.lock_down(materials, self.steps, weights.prepare)
            else:
                if weights.prepare is not None:
                    weights.prepare(weights.descriptors)
                os.dup2(channel, lockdown.CHANNEL)
            if "seccomp" not in self.steps:
                os.write(lockdown.CHANNEL, seccomp.GREETING)
            # Both were imported with the model: there are no files to import from here.
            from cloche_server.sandbox import resident
            from cloche_server.sandbox import session as one_call

            if session:
                resident.serve(self.held.context, materials, pid)
            else:
                one_call.run(self.held.context, materials, pid, ahead=ahead)
            code = 0
        except LockdownError as error:
            _complain(f"cloche: a sandbox could not be locked down: {error}")
            code = EXIT_LOCKDOWN_FAILED
        except BrokenPipeError:
            code = 0  # the front gave this sandbox up
        finally:
            os._exit(code)


def _complain(text: str) -> None:
    """Standard error may be closed already: a half-done lockdown has closed descriptors first."""
    with contextlib.suppress(OSError):
        os.write(2, text.encode() + b"\n")
