"""Takes the kernel wall apart, layer by layer, in throw-away children.

Run as the zygote runs, in a process that the launcher put into namespaces. Prints, for each
mutation, how its act ended behind the wall without what overlaps, and without the rule as well.
"""

from __future__ import annotations

import ast
import ctypes
import inspect
import json
import os
import resource
import shutil
import signal
import socket
import sys
import tempfile
import time
from dataclasses import asdict, dataclass, replace
from typing import Any

from cloche_server.walls.kernel import bpf, holes, landlock, limits, lockdown, namespaces, seccomp
from cloche_server.walls.kernel.proof import NETWORK_NAMESPACE, PID_NAMESPACE
from cloche_server.walls.kernel.syscalls import ALLOWED, DENIED, Allow

from tests.attacks.teeth.kernel.acts import AIMED_AT_SIBLING, Scene, Stowaway
from tests.attacks.teeth.kernel.mutations import MUTATIONS, KernelMutation

_OPEN, _CLOSED, _STEP_FAILED, _ELSEWHERE = 77, 0, 78, 79
ARCHITECTURE = "filter: other architectures"
X32 = "filter: numbers of x32"
UNKNOWN = "filter: calls in no row"
ONE_THREAD = "lockdown: a single thread"
SEAL_SENDMSG = "seal: sendmsg"
SEAL_SECCOMP = "seal: seccomp"
NOTIFICATION = "filter: stop and notify"
#: Where a rule stands in the seal's program, from its end.
_SEALS = {SEAL_SENDMSG: slice(-5, -3), SEAL_SECCOMP: slice(-3, -1)}
_LANDLOCK = {
    "landlock: files": "handled_access_fs",
    "landlock: ports": "handled_access_net",
    "landlock: scopes": "scoped",
}


def rules() -> frozenset[str]:
    """Every layer, every row and every limit, found in the code."""
    found = {f"step: {step.name}" for step in lockdown.STEPS}
    found |= {PID_NAMESPACE, NETWORK_NAMESPACE, ARCHITECTURE, X32, UNKNOWN, ONE_THREAD}
    found |= {SEAL_SENDMSG, SEAL_SECCOMP, NOTIFICATION}
    found |= {f"system call: {row.name}" for row in DENIED}
    for row in ALLOWED:
        found |= {f"argument: {row.name} {index}" for index, _ in enumerate(row.when)}
    fields = [name for name, _ in landlock._RulesetAttr._fields_]
    assert sorted(fields) == sorted(_LANDLOCK.values())
    found |= set(_LANDLOCK)
    for node in ast.walk(ast.parse(inspect.getsource(limits))):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "_lower":
            found.add(f"limit: {ast.unparse(node.args[0]).rpartition('.')[2]}")
    return frozenset(found)


@dataclass(frozen=True)
class Ending:
    open: bool
    text: str
    elsewhere: bool = False


def build_filters(removed: frozenset[str], *, sealed: bool) -> seccomp.Filters:
    """The filters without the rows and checks in `removed`.

    Args:
        sealed: the two filters of a kernel that notifies. Nobody listens here: what is in no row
            is refused then. Otherwise it kills.

    Raises:
        LookupError: this kernel notifies nobody.
    """
    if sealed and not seccomp.can_notify():
        raise LookupError("no filter is sealed on a kernel that notifies nobody")
    opened = {name.removeprefix("system call: ") for name in removed}
    allowed = [
        replace(row, when=tuple(
            condition for index, condition in enumerate(row.when)
            if f"argument: {row.name} {index}" not in removed
        ))
        for row in ALLOWED
    ]  # fmt: skip
    allowed.extend(
        Allow(row.name, row.x86_64, row.aarch64, "taken away for a test")
        for row in DENIED
        if row.name in opened
    )
    kept = seccomp.ALLOWED, seccomp.DENIED
    seccomp.ALLOWED = tuple(allowed)  # type: ignore[misc]
    seccomp.DENIED = tuple(row for row in DENIED if row.name not in opened)  # type: ignore[misc]
    try:
        built = seccomp.build(notify=sealed)
    finally:
        seccomp.ALLOWED, seccomp.DENIED = kept  # type: ignore[misc]
    instructions = _instructions(built.table)
    if UNKNOWN in removed:
        instructions[-1] = bpf.answer(bpf.ALLOW)
    if X32 in removed:
        del instructions[4:6]
    if ARCHITECTURE in removed:
        del instructions[0:3]
    if built.seal is None:
        return seccomp.Filters(table=b"".join(instructions), seal=None)
    seal = _instructions(built.seal)
    for rule, place in _SEALS.items():
        if rule in removed:
            del seal[place]
    return seccomp.Filters(table=b"".join(instructions), seal=b"".join(seal))


def _instructions(program: bytes) -> list[bpf.Instruction]:
    size = len(bpf.load(0))
    return [program[at : at + size] for at in range(0, len(program), size)]


class Laboratory:
    def __init__(self) -> None:
        self.magic = ctypes.create_string_buffer(holes.MAGIC)
        self.materials = lockdown.prepare(ceiling=limits.Ceiling(memory_bytes=1 << 30, cpu_s=60))
        self.pid_namespaces = namespaces.PidNamespaces()
        self.folder = tempfile.mkdtemp(prefix="cloche-teeth-")
        os.chmod(self.folder, 0o755)
        self.setuid = os.path.join(self.folder, "test")
        shutil.copy(shutil.which("test") or "/usr/bin/test", self.setuid)
        os.chmod(self.setuid, 0o4755)
        self.secret = os.path.join(self.folder, "secret")
        with open(os.open(self.secret, os.O_CREAT | os.O_WRONLY, 0o600), "w") as file:
            file.write("secret")
        self.drop = os.path.join(self.folder, "drop")
        os.mkdir(self.drop)
        os.chmod(self.drop, 0o777)
        self.listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.listener.bind("\0cloche-teeth")
        self.listener.listen(1)
        self.landmark = socket.create_server(("127.0.0.1", 0))
        self.segment = self._make_segment()
        self.neighbour, self.neighbour_in_proc = self._fork_sleeper()
        self.endings: dict[tuple[Any, frozenset[str]], Ending] = {}

    def _make_segment(self) -> int:
        libc = ctypes.CDLL(None)
        libc.shmat.restype = ctypes.c_void_p
        segment: int = libc.shmget(0, 4096, 0o1666)
        ctypes.memmove(libc.shmat(segment, None, 0), holes.MAGIC, len(holes.MAGIC))
        return segment

    def _fork_sleeper(self) -> tuple[int, int]:
        """Its number, and the one that /proc has for it."""
        reader, writer = os.pipe()
        child = os.fork()
        if child == 0:
            os.write(writer, os.readlink("/proc/self").encode())
            signal.pause()
            os._exit(0)
        number = int(os.read(reader, 32))
        os.close(reader)
        os.close(writer)
        return child, number

    def close(self) -> None:
        os.kill(self.neighbour, signal.SIGKILL)
        ctypes.CDLL(None).shmctl(self.segment, 0, None)
        shutil.rmtree(self.folder)

    def try_out(self, mutation: KernelMutation, removed: frozenset[str]) -> Ending:
        """How the act ends in a child behind the wall without `removed`."""
        if mutation.act not in AIMED_AT_SIBLING:
            return self._await(*self._fork_piped(mutation, removed, 0))
        sibling = self._fork(mutation, removed, None)
        try:
            return self._await(*self._fork_piped(mutation, removed, sibling))
        finally:
            os.kill(sibling, signal.SIGKILL)
            os.waitpid(sibling, 0)

    def _fork_piped(
        self, mutation: KernelMutation, removed: frozenset[str], sibling: int
    ) -> tuple[int, int]:
        # A socket, as to the front: a listener is sent through it.
        reader, writer = socket.socketpair()
        child = self._fork(mutation, removed, sibling, writer.fileno())
        writer.close()
        return child, reader.detach()

    def _fork(
        self,
        mutation: KernelMutation,
        removed: frozenset[str],
        sibling: int | None,
        writer: int = -1,
    ) -> int:
        apart = PID_NAMESPACE not in removed
        ready, tell = os.pipe()
        child = self.pid_namespaces.fork() if apart else os.fork()
        if child == 0:
            os.close(ready)
            self._be_sandbox(mutation, removed, sibling, writer, tell)
        os.close(tell)
        if sibling is None:
            # A sibling is locked down, and has greeted, before the act begins.
            while os.read(ready, 1) == seccomp.GREETING:
                pass
        os.close(ready)
        return child

    def _await(self, child: int, reader: int) -> Ending:
        with os.fdopen(reader, "rb") as pipe:
            said = pipe.read(4096).removeprefix(seccomp.GREETING)
        text = said.decode(errors="replace")
        _, status = os.waitpid(child, 0)
        if os.WIFSIGNALED(status):
            return Ending(False, f"killed by {signal.Signals(os.WTERMSIG(status)).name}")
        code = os.WEXITSTATUS(status)
        if code == _STEP_FAILED:
            raise RuntimeError(f"a step failed: {text}")
        return Ending(code == _OPEN, text or "it worked", code == _ELSEWHERE)

    def _be_sandbox(
        self,
        mutation: KernelMutation,
        removed: frozenset[str],
        sibling: int | None,
        writer: int,
        tell: int,
    ) -> None:
        code, text, channel = _OPEN, "the act itself failed", writer
        try:
            scene = Scene(
                neighbour=self.neighbour,
                neighbour_in_proc=self.neighbour_in_proc,
                outside_port=self.landmark.getsockname()[1],
                magic_address=ctypes.addressof(self.magic),
                memory_bytes=1 << 30,
                sibling=sibling or 0,
                setuid_program=self.setuid,
                secret=self.secret,
                segment=self.segment,
                thread=Stowaway(),
                drop=self.drop,
            )
            if mutation.rule == ONE_THREAD and sibling is not None:
                scene.thread.board()
            steps = _steps_without(removed)
            _take_apart(removed)
            ceiling = replace(self.materials.ceiling, cpu_s=mutation.cpu_s)
            materials = replace(
                self.materials,
                channel=tell if writer < 0 else writer,
                ceiling=ceiling,
                filters=build_filters(removed, sealed=mutation.rule in _SEALS),
            )
            channel = lockdown.CHANNEL if "descriptors" in steps else materials.channel
            try:
                lockdown.lock_down(materials, steps)
            except lockdown.LockdownError as error:
                foreseen = mutation.rule == ONE_THREAD
                code, text = (_CLOSED if foreseen else _STEP_FAILED), str(error)
                return
            if sibling is None:
                os.write(channel, b"r")
                while True:  # a filter knows no pause()
                    time.sleep(60)
            try:
                mutation.act(scene)
            except (OSError, MemoryError) as error:
                code, text = _CLOSED, str(error)
            else:
                text = "it worked"
        except LookupError as error:
            code, text = _ELSEWHERE, str(error)
        except BaseException as error:  # a child must never run on into the laboratory's code
            text = f"the act itself failed: {error!r}"
        finally:
            try:
                os.write(channel, text.encode())
            finally:
                os._exit(code)


def _steps_without(removed: frozenset[str]) -> frozenset[str]:
    """A step that needs a removed one cannot be taken either."""
    kept: set[str] = set()
    for step in lockdown.STEPS:
        wanted = f"step: {step.name}" not in removed and step.instead_of not in kept
        if wanted and kept.issuperset(step.needs):
            kept.add(step.name)
    return frozenset(kept)


def _take_apart(removed: frozenset[str]) -> None:
    """What is removed from the steps themselves, in a child."""
    if ONE_THREAD in removed:
        lockdown.os.listdir = lambda path: ["1"]  # type: ignore[assignment, attr-defined]
    lower = limits._lower
    names = [rule.removeprefix("limit: ") for rule in removed if rule.startswith("limit: ")]

    def lower_others(kind: int, value: int) -> None:
        kept = all(kind != getattr(resource, name) for name in names)
        if kept:
            lower(kind, value)

    limits._lower = lower_others
    fields = {field for rule, field in _LANDLOCK.items() if rule in removed}

    class Lacking(landlock._RulesetAttr):
        def __setattr__(self, name: str, value: int) -> None:
            super().__setattr__(name, 0 if name in fields else value)

    landlock._RulesetAttr = Lacking  # type: ignore[misc]


def main(network: bool) -> None:
    """Prints one JSON object. `network`: with the host's network in sight, what needs it."""
    laboratory = Laboratory()
    answer: dict[str, Any] = {}
    try:
        for mutation in MUTATIONS:
            along = frozenset(mutation.along)
            runs = {"standing": along, "without": along | {mutation.rule}}
            if mutation.rule == NETWORK_NAMESPACE:
                del runs["standing" if network else "without"]
            elif mutation.needs_network != network:
                continue
            for name, removed in runs.items():
                ending = laboratory.try_out(mutation, removed)
                answer.setdefault(mutation.name, {})[name] = asdict(ending)
    finally:
        laboratory.close()
    print(json.dumps(answer))


if __name__ == "__main__":
    main(sys.argv[1] == "network")
