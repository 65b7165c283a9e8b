"""Runs an attack in a fork of this very process, without confinement: what gets through succeeds.

A fork, because an attack may break the process it succeeds in; watched from outside while it runs,
and searched for what it left behind.
"""

from __future__ import annotations

import ast
import contextlib
import ctypes
import faulthandler
import gc
import os
import resource
import select
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from tests.attacks.attack import Attack
from tests.attacks.handed_out import PLANTED, handed_out
from tests.attacks.held import Holdings, gained, holdings
from tests.attacks.scene import VARIABLE, Scene, alive_in_session, pids

Write = Callable[[str], None]
Namespace = dict[str, Any]
# The model, the tokenizer, and a model of another kind.
Subjects = tuple[Any, Any, Any]
# What a later call in the same process finds, given the first one's globals.
NextCall = Callable[[Any, Any, Namespace], object]
_LOOK_EVERY_S: Final = 0.02
# What a fork may map beside what it has: an attack on memory fails soon, and harms nobody.
_MEMORY_BYTES: Final = 2 << 30


@dataclass(frozen=True)
class Outcome:
    """The effect seen from outside, or None; and what the attack itself came to."""

    effect: str | None
    text: str
    # It was still running, or out of memory, when it was ended.
    exhausted: bool = False


def run(
    attack: Attack,
    execute: Callable[[Write], Namespace],
    subjects: Subjects,
    scene: Scene,
    next_call: NextCall | None = None,
) -> Outcome:
    """Runs `attack` where `execute` compiles and defines it, given how to print.

    `next_call` is run before and after it in the same process, and must find the same.
    """
    reader, writer = os.pipe()
    go_reader, go_writer = os.pipe()
    others = pids()
    child = os.fork()
    if child == 0:
        os.close(go_writer)
        os.read(go_reader, 1)
        _in_child(lambda: _act(attack, execute, subjects, scene, next_call), scene, writer, attack)
    os.close(writer)
    os.close(go_reader)
    # Of the fork, not of this process, where gRPC's threads open descriptors at any moment.
    before = _watched(child, scene)
    os.close(go_writer)
    held = None
    answer = b""
    with os.fdopen(reader, "rb", buffering=0) as pipe:
        end = time.monotonic() + attack.ask.timeout_s + 5
        while time.monotonic() < end:
            if select.select([pipe], [], [], _LOOK_EVERY_S)[0]:
                piece = pipe.read(1 << 16)
                if not piece:
                    break
                answer += piece
            elif _has_ended(child):  # what it left behind may hold the pipe for long
                break
            with contextlib.suppress(OSError):
                held = held or gained(before, _watched(child, scene))
        left = alive_in_session(child, pids() - others - {child})
        # One that ended after the last look has written before.
        os.set_blocking(pipe.fileno(), False)
        answer += pipe.read() or b""
    for pid in (*left, child):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    outside = scene.disturbed() or ("a process was left behind" if left else None) or held
    return _judge(answer, status, outside)


def _has_ended(child: int) -> bool:
    """Whether it is a zombie, which it stays."""
    return os.waitid(os.P_PID, child, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None


def _watched(pid: int, scene: Scene) -> Holdings:
    """Without the files that importing opens for a moment."""
    found = holdings(pid)
    watched = ("/memfd:", "/dev/shm/", str(scene.folder))
    kept = {
        each
        for each in found.descriptors
        if (text := each.partition(" ")[2]) and (text[0] != "/" or text.startswith(watched))
    }
    return replace(found, descriptors=frozenset(kept))


def _judge(answer: bytes, status: int, outside: str | None) -> Outcome:
    try:
        effect, text, exhausted = ast.literal_eval(answer.decode())
    except (ValueError, SyntaxError):
        ended_by = os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0
        if ended_by in (signal.SIGALRM, signal.SIGXCPU):
            return Outcome(outside, "it ran out of time", exhausted=True)
        return Outcome(outside or "the process died", f"status {status}")
    return Outcome(outside or effect, text, exhausted)


def _in_child(work: Callable[[], object], scene: Scene, writer: int, attack: Attack) -> None:
    """Never returns."""
    try:
        gc.freeze()  # a collection would copy every page that the tests' own objects lie in
        faulthandler.disable()
        os.setsid()
        os.chdir(scene.folder)
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.setitimer(signal.ITIMER_REAL, attack.ask.timeout_s)
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        pages = int(Path("/proc/self/statm").read_text().split()[0])
        size = pages * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (size + _MEMORY_BYTES, size + _MEMORY_BYTES))
        os.environ[VARIABLE] = scene.secrets["server"]
        answer = repr(work()).encode()
        while answer:
            answer = answer[os.write(writer, answer) :]
    finally:
        os._exit(0)


def _act(
    attack: Attack,
    execute: Callable[[Write], Namespace],
    subjects: Subjects,
    scene: Scene,
    next_call: NextCall | None,
) -> tuple[str | None, str, bool]:
    model, tokenizer, llama = subjects
    beacon = ctypes.create_string_buffer(PLANTED)
    printed: list[Any] = []
    results: list[Any] = []
    own_globals: Namespace = {}
    exhausted = False
    told = attack.told(scene.facts(), ctypes.addressof(beacon))
    extra: dict[str, Any] = {"llama": llama} if "llama" in attack.parameters else {}
    first = next_call(model, tokenizer, own_globals) if next_call else None
    try:
        own_globals = execute(printed.append)
        if "given" in attack.parameters:
            extra["given"] = own_globals
        results.append(own_globals["attack"](model, tokenizer, told, **extra))
        text = f"returned {type(results[0]).__name__}"
    except BaseException as error:  # refused, or broken: either way only effects count
        results += getattr(error, "args", ()) if not _is_refusal(error) else ()
        text = f"{type(error).__name__}: {error}"[:2000]
        exhausted = _is_exhausted(error)
    gc.collect()
    secrets = tuple(scene.secrets.values())
    if any(secret in "".join(map(str, printed)) for secret in secrets):
        return "a secret was printed", text, exhausted
    effect = handed_out(results, own_globals, secrets)
    if effect is None and next_call is not None:
        found = next_call(model, tokenizer, own_globals)
        effect = None if found == first else "the next call met another world"
        if scene.deposit in repr(found):
            effect = "the next call found what was left for it"
    return effect, text, exhausted


def _is_exhausted(error: BaseException) -> bool:
    """Whether it ended for want of memory, stack or threads; torch and Python each say it so."""
    if isinstance(error, (MemoryError, RecursionError)):
        return True
    return any(text in str(error) for text in ("can't allocate memory", "can't start new thread"))


def _is_refusal(error: BaseException) -> bool:
    from cloche_server.walls.language import PolicyViolation

    return isinstance(error, PolicyViolation)
