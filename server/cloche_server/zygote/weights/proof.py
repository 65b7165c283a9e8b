"""Proves that nobody can change weights that were handed over, by attempts in throw-away children.

Who runs it: the zygote, once it holds the weights and the kernel wall is proved. The children are
locked down as sandboxes are, and then do what native code in one would do.
"""

from __future__ import annotations

import ctypes
import mmap
import os
import signal
import socket
from collections.abc import Callable
from dataclasses import replace
from typing import Final, NoReturn

import torch

from cloche_server.ipc.control import LayerFact
from cloche_server.walls.kernel import libc, lockdown, seccomp
from cloche_server.walls.kernel.lockdown import LockdownError, Materials
from cloche_server.zygote.weights import cow
from cloche_server.zygote.weights.interface import HeldWeights

LAYER: Final = "weights read-only"
HOLE: Final = "change the shared weights"
_CHANGED, _REFUSED = 77, 0


def prove(
    held: HeldWeights,
    model: torch.nn.Module,
    materials: Materials,
    steps: frozenset[str],
    fork: Callable[[], int],
) -> LayerFact:
    """Returns the layer as it was seen.

    Raises:
        LockdownError: the weights could be changed, or a sandbox does not get them.
    """
    _write_to_files(held)
    for name, attempt, refused in (
        ("a stray write to a weight", _write, -signal.SIGSEGV),
        ("making a weight's memory writable", _make_writable, _REFUSED),
    ):
        code, text = _try(attempt, held, model, materials, steps, fork)
        if code != refused:
            raise LockdownError(
                f"{name} was not refused in a sandbox (it ended with {code}: {text or 'no word'}). "
                "Refusing to start: serve with weights='fork', or on a kernel with memory "
                "protection (Linux 5.1 or later)"
            )
    return LayerFact(
        LAYER,
        True,
        "a write ended its sandbox, its memory could not be made writable, and the files took none",
        (HOLE,),
    )


def _write_to_files(held: HeldWeights) -> None:
    """The byte that is there already, so that nothing is lost where it works."""
    for file in held.descriptors:
        again = os.open(f"/proc/self/fd/{file}", os.O_RDWR | os.O_CLOEXEC)
        try:
            os.pwrite(again, os.pread(again, 1, 0), 0)
        except OSError:
            continue
        finally:
            os.close(again)
        raise LockdownError("a file of weights takes writes; its seal does not hold")


def _write(address: int) -> None:
    value = ctypes.string_at(address, 1)
    ctypes.memmove(address, value, 1)


def _make_writable(address: int) -> None:
    page = address // mmap.PAGESIZE * mmap.PAGESIZE
    libc.mprotect(page, mmap.PAGESIZE, mmap.PROT_READ | mmap.PROT_WRITE)


def _try(
    attempt: Callable[[int], None],
    held: HeldWeights,
    model: torch.nn.Module,
    materials: Materials,
    steps: frozenset[str],
    fork: Callable[[], int],
) -> tuple[int, str]:
    """Returns the child's exit code, or minus the signal that ended it, and what it said."""
    ours, theirs = socket.socketpair()
    child = fork()
    if child == 0:
        channel = replace(materials, channel=theirs.fileno(), kept=held.descriptors)
        _run(attempt, held, model, channel, steps)
    theirs.close()
    with ours, ours.makefile("rb") as stream:
        said = stream.read().removeprefix(seccomp.GREETING)
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status), said.decode(errors="replace")


def _run(
    attempt: Callable[[int], None],
    held: HeldWeights,
    model: torch.nn.Module,
    materials: Materials,
    steps: frozenset[str],
) -> NoReturn:
    """Whatever happens, it never returns into the zygote's code."""
    code, text, channel = _CHANGED, "the probe itself failed", materials.channel
    try:
        signal.set_wakeup_fd(-1)
        if "descriptors" in steps:
            channel = lockdown.CHANNEL
        lockdown.lock_down(materials, steps, held.prepare)
        attempt(_address_of_weight(model))
        text = "it worked"
    except OSError as error:
        code, text = _REFUSED, str(error)
    except BaseException as error:  # noqa: BLE001  # it counts as an open hole, and says why
        text = f"{type(error).__name__}: {error}"
    finally:
        try:
            os.write(channel, text.encode())
        finally:
            os._exit(code)


def _address_of_weight(model: torch.nn.Module) -> int:
    """Raises LookupError where no weight is shared."""
    for parameter in model.parameters():
        if cow.is_shared(parameter):
            offset = int(parameter.storage_offset()) * parameter.element_size()
            return cow.address(parameter) + offset
    raise LookupError("the sandbox shares no weight")
