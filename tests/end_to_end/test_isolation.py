"""Raw system calls and raw memory: what a sandbox may find out, and whom it may reach.

The language wall is off. What one call leaves, another call looks for.
"""

from __future__ import annotations

import errno
import os
import threading
import time
from typing import Any

import pytest

from tests.support.server import Refused, RunningServer

pytestmark = pytest.mark.skipif(os.uname().machine != "x86_64", reason="numbers of x86-64")

RAW = """
import ctypes, os, sys, time, torch
libc = ctypes.CDLL(None, use_errno=True)
libc.syscall.restype = ctypes.c_long

def _call(number, *arguments):
    given = [ctypes.c_long(each) if isinstance(each, int) else each for each in arguments]
    found = libc.syscall(ctypes.c_long(number), *given)
    return found if found >= 0 else -ctypes.get_errno()

def _shared(model):
    return torch._C._is_cow_tensor(next(model.parameters()))

def _weights(model):
    weight = next(model.parameters())
    if _shared(model):  # to ask for its address would copy it
        return torch._C._data_address(weight) + 4 * weight.storage_offset()
    return weight.data_ptr() & ~((2 << 20) - 1)

def _size(model):
    return 4096 if _shared(model) else 2 << 20
"""


def ask(server: RunningServer, body: str, *args: object, **options: Any) -> Any:
    return server.value(_source(body), *args, **options)


def _source(body: str) -> str:
    lines = "\n".join("    " + line for line in body.splitlines())
    return f"{RAW}\ndef attack(model, tokenizer, *args):\n{lines}"


def test_no_memory_becomes_executable(kernel_wall_alone: RunningServer) -> None:
    body = (
        "text = ctypes.cast(libc.getpid, ctypes.c_void_p).value & ~4095\n"
        "return [_call(10, text, 4096, 3), _call(10, text, 4096, 5),"
        " _call(10, _weights(model), 4096, 7), _call(9, 0, 4096, 7, 0x22, -1, 0),"
        " _call(9, 0, 4096, 0x01000005, 0x22, -1, 0)]"
    )
    assert ask(kernel_wall_alone, body) == [0, -1, -1, -1, -1]


@pytest.mark.parametrize("flags", [0x21, 0x23, 0x28], ids=["shared", "validated", "droppable"])
def test_no_memory_is_shared(kernel_wall_alone: RunningServer, flags: int) -> None:
    assert ask(kernel_wall_alone, "return _call(9, 0, 4096, 3, args[0], -1, 0)", flags) == -1


def test_only_four_kinds_of_advice_are_taken(kernel_wall_alone: RunningServer) -> None:
    body = (
        "page, size = _weights(model), _size(model)\n"
        "return [kind for kind in range(128) if _call(28, page, size, kind) == 0]"
    )
    assert set(ask(kernel_wall_alone, body)) <= {4, 8, 14, 15}


@pytest.mark.parametrize(
    "act",
    [
        "ctypes.memset(_weights(model), 255, 2 << 20)",
        "_call(28, _weights(model), _size(model), 4)",
        "_call(9, _weights(model), _size(model), 3, 0x32, -1, 0)",
        "_call(11, _weights(model), _size(model))",
        "_call(25, _weights(model), _size(model), 2 * _size(model), 1)",
        "_call(10, _weights(model), _size(model), 0)",
    ],
    ids=["write", "drop", "map over", "unmap", "grow", "protect"],
)
def test_weights_are_out_of_reach(kernel_wall_alone: RunningServer, act: str) -> None:
    """A running call does it and stays; another looks at the same addresses meanwhile."""
    look = "return ctypes.string_at(_weights(model), 4096)"
    before = ask(kernel_wall_alone, look)
    # Where weights take no write, one ends its sandbox: that is no matter here.
    source = _source(f"{act}\nlibc.usleep(400_000)")
    vandal = threading.Thread(target=kernel_wall_alone.execute, args=(source,))
    vandal.start()
    time.sleep(0.2)
    assert ask(kernel_wall_alone, look) == before
    vandal.join()
    assert ask(kernel_wall_alone, look) == before


def test_two_calls_cannot_wake_each_other(kernel_wall_alone: RunningServer) -> None:
    """The weights are one file for all sandboxes; a read-only page of it is one futex for all."""
    wait = (
        "page = _weights(model)\n"
        "_call(10, page, 4096, 1)\n"
        "value = ctypes.c_uint32.from_address(page + args[0]).value\n"
        "limit = (ctypes.c_long * 2)(2, 0)\n"
        "return _call(202, page + args[0], 0, value, ctypes.addressof(limit), 0, 0)"
    )
    wake = (
        "page = _weights(model)\n"
        "_call(10, page, 4096, 1)\n"
        "return _call(202, page + args[0], 1, 100, 0, 0, 0)"
    )
    waited: list[int] = []
    waiting = threading.Thread(target=lambda: waited.append(ask(kernel_wall_alone, wait, 64)))
    waiting.start()
    time.sleep(0.5)
    woken = ask(kernel_wall_alone, wake, 64)
    waiting.join()
    assert (waited, woken) == ([-errno.EAGAIN], -errno.EAGAIN)


def test_a_thread_can_still_be_waited_for(kernel_wall_alone: RunningServer) -> None:
    """The C library waits for a thread's end on a futex that is not private."""
    body = (
        "thread = ctypes.c_ulong()\n"
        "sleep = ctypes.cast(libc.usleep, ctypes.c_void_p)\n"
        "libc.pthread_join.argtypes = [ctypes.c_ulong, ctypes.c_void_p]\n"
        "made = libc.pthread_create(ctypes.byref(thread), None, sleep, ctypes.c_void_p(300_000))\n"
        "started = time.monotonic()\n"
        "joined = libc.pthread_join(thread, None)\n"
        "return [made, joined, time.monotonic() - started]"
    )
    made, joined, seconds = ask(kernel_wall_alone, body, timeout_s=10)
    assert (made, joined) == (0, 0)
    assert seconds > 0.25


@pytest.mark.parametrize(
    "number",
    [440, 448, 449, 454, 455, 456, 187, 218, 275, 278, 135, 155, 222, 329, 330,
     453, 462],
)  # fmt: skip
def test_a_forgotten_call_kills(kernel_wall_alone: RunningServer, number: int) -> None:
    """process_madvise, the newer futex calls, splice, personality, protection keys, mseal."""
    source = f"{RAW}\ndef attack(model, tokenizer): return _call({number}, 0, 0, 0, 0, 0, 0)"
    outcome = kernel_wall_alone.execute(source)
    assert isinstance(outcome, Refused), outcome
    assert "kernel wall" in outcome.message


def test_the_name_of_the_host_is_unknown(kernel_wall_alone: RunningServer) -> None:
    """Libraries ask for it while they are imported, and keep the answer."""
    assert ask(kernel_wall_alone, "import platform\nreturn platform.node()") == "cloche"


def test_siblings_draw_different_random_numbers(kernel_wall_alone: RunningServer) -> None:
    """Also those who tell a fork by its process number, which is 1 for every sandbox."""
    body = (
        "import random, secrets, ssl, uuid, numpy, torch\n"
        "return [ssl.RAND_bytes(8).hex(), secrets.token_hex(8), str(uuid.uuid4()), random.random(),"
        " numpy.random.rand(), float(numpy.random.default_rng().random()), torch.rand(1).item()]"
    )
    first, second = ask(kernel_wall_alone, body), ask(kernel_wall_alone, body)
    assert not [each for each, other in zip(first, second, strict=True) if each == other]
