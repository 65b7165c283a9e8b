"""The language wall is off: plain Python in the sandbox tries, and the kernel says no.

Each attempt names the errno that only our own layers give, so that a refusal for another reason (a
missing file, say) does not pass for the wall's.
"""

from __future__ import annotations

import errno
import os
import socket
import tempfile
from pathlib import Path

import pytest
from cloche_server.walls.kernel import seccomp

from tests.support.server import Raised, Refused, Returned, RunningServer


def by_system_call(call: str) -> str:
    """`call` on libc, its errno raised as Python would."""
    return (
        "import ctypes\n"
        "libc = ctypes.CDLL(None, use_errno=True)\n"
        f"if libc.{call} < 0: raise OSError(ctypes.get_errno(), 'no')"
    )


OWN_MEMORY = (
    "import mmap; private = mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS; mmap.mmap(-1, 4096, private"
)
ATTEMPTS = {
    "read a file": "open('/etc/passwd').read()",
    "read a file by system call": by_system_call("open(b'/etc/passwd', 0)"),
    "list a directory": "import os; os.listdir('/')",
    "write a file": "open('/tmp/cloche-was-here', 'w').write('x')",
    "make a directory": "import os; os.mkdir('/tmp/cloche-was-here')",
    "run a program": "import os; os.execv('/bin/sh', ['sh', '-c', 'true'])",
    "run a subprocess": "import subprocess; subprocess.run(['true'])",
    # `os.fork` asks what libraries registered for it, which may refuse by itself.
    "fork": by_system_call("fork()"),
    "open an internet socket": "import socket; socket.socket()",
    "open a unix socket": "import socket; socket.socket(socket.AF_UNIX)",
    "make a socket pair": "import socket; socket.socketpair()",
    "make a pipe": "import os; os.pipe()",
    "make a memory file": "import os; os.memfd_create('x')",
    "signal a process": "import os; os.kill(2, 9)",
    "trace a process": by_system_call("ptrace(16, 1, 0, 0)"),
    "read another process's memory": by_system_call("process_vm_readv(1, 0, 0, 0, 0, 0)"),
    "read /proc": "open('/proc/self/environ').read()",
    "leave its namespaces": by_system_call("unshare(0x10000000)"),
    "map executable memory": f"{OWN_MEMORY}, prot=mmap.PROT_READ | mmap.PROT_EXEC)",
    "share memory": "import mmap; mmap.mmap(-1, 4096)",
}


def test_memory_of_its_own_is_allowed(kernel_wall_alone: RunningServer) -> None:
    source = f"def benign(model, tokenizer): {OWN_MEMORY}); return 1"
    assert kernel_wall_alone.value(source) == 1


@pytest.mark.parametrize("what", ATTEMPTS)
def test_refused_by_the_filter(kernel_wall_alone: RunningServer, what: str) -> None:
    lines = "\n".join("    " + line for line in ATTEMPTS[what].splitlines())
    outcome = kernel_wall_alone.execute(
        f"def attack(model, tokenizer):\n{lines}\n    return 'done'"
    )
    assert isinstance(outcome, Raised), outcome
    assert outcome.type == "PermissionError"
    assert f"[Errno {errno.EPERM}]" in outcome.message


@pytest.mark.parametrize(
    ("name", "number"),
    [("mount", 165), ("bpf", 321), ("keyctl", 250), ("io_uring_setup", 425), ("userfaultfd", 323),
     ("perf_event_open", 298), ("seccomp", 317), ("init_module", 175), ("reboot", 169)],
)  # fmt: skip
@pytest.mark.skipif(os.uname().machine != "x86_64", reason="numbers of x86-64")
def test_killed_by_the_filter(kernel_wall_alone: RunningServer, name: str, number: int) -> None:
    source = (
        "import ctypes\n"
        f"def attack(model, tokenizer): return ctypes.CDLL(None).syscall({number}, 0, 0, 0, 0, 0)"
    )
    outcome = kernel_wall_alone.execute(source)
    assert isinstance(outcome, Refused), (name, outcome)
    assert outcome.reason == "SANDBOX_DIED"
    assert "the kernel wall forbids" in outcome.message
    # A filter may not be asked about the filter: that kills on the spot, unnamed.
    named = name != "seccomp" and seccomp.can_notify()
    assert (f"{name} ({number})" in outcome.message) is named
    assert (f"forbidden system call {name} ({number})" in kernel_wall_alone.log()) is named


def test_a_forbidden_call_ends_every_thread(kernel_wall_alone: RunningServer) -> None:
    """One thread is stopped in the forbidden call; the others do not go on without it."""
    source = """
import ctypes, threading, time

def attack(model, tokenizer):
    libc = ctypes.CDLL(None)
    threading.Thread(target=lambda: libc.mount(0, 0, 0, 0, 0), daemon=True).start()
    time.sleep(30)
    return "went on"
"""
    outcome = kernel_wall_alone.execute(source)
    assert isinstance(outcome, Refused), outcome
    assert outcome.reason == "SANDBOX_DIED"


def test_nothing_was_left_outside(kernel_wall_alone: RunningServer) -> None:
    """The attempts' effects, looked for from outside."""
    for what in ("write a file", "make a directory"):
        kernel_wall_alone.execute(f"def attack(model, tokenizer): {ATTEMPTS[what]}")
    assert not Path("/tmp/cloche-was-here").exists()
    assert not (Path(tempfile.gettempdir()) / "cloche-was-here").exists()


def test_a_listening_neighbour_hears_nothing(kernel_wall_alone: RunningServer) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.5)
        port = listener.getsockname()[1]
        source = (
            "import socket\n"
            "def attack(model, tokenizer):\n"
            f"    return socket.create_connection(('127.0.0.1', {port}), 1).send(b'hello')"
        )
        assert isinstance(kernel_wall_alone.execute(source), Raised)
        with pytest.raises(TimeoutError):
            listener.accept()


def test_the_environment_is_empty_also_in_raw_memory(
    kernel_wall_alone: RunningServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = (
        "import ctypes, os\n"
        "def attack(model, tokenizer):\n"
        "    getenv = ctypes.CDLL(None).getenv\n"
        "    getenv.restype = ctypes.c_char_p\n"
        "    return [dict(os.environ), getenv(b'PATH'), getenv(b'HOME')]"
    )
    assert kernel_wall_alone.value(source) == [{}, None, None]


def test_only_one_descriptor_is_open(kernel_wall_alone: RunningServer) -> None:
    source = (
        "import os\n"
        "def attack(model, tokenizer):\n"
        "    found = []\n"
        "    for number in range(1024):\n"
        "        try: os.read(number, 0)\n"
        "        except OSError as error:\n"
        "            if error.errno == 9: continue\n"
        "        found.append(number)\n"
        "    return found"
    )
    assert kernel_wall_alone.value(source) == [3]


def test_it_is_alone_in_its_namespace(kernel_wall_alone: RunningServer) -> None:
    source = "import os\ndef attack(model, tokenizer): return os.getpid()"
    assert kernel_wall_alone.value(source) == 1


def test_its_limits_can_only_sink(kernel_wall_alone: RunningServer) -> None:
    source = (
        "import resource\n"
        "def attack(model, tokenizer):\n"
        "    unlimited = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)\n"
        "    resource.setrlimit(resource.RLIMIT_AS, unlimited)"
    )
    outcome = kernel_wall_alone.execute(source)
    assert isinstance(outcome, Raised), outcome
    assert outcome.type == "ValueError"  # Python's word for EPERM here


def test_info_says_that_the_language_wall_is_off(kernel_wall_alone: RunningServer) -> None:
    layers = {layer.name: layer for layer in kernel_wall_alone.info().layers}
    assert not layers["language wall"].active
    assert layers["seccomp"].active


HOSTILE_FRAMES = {
    "a frame longer than any": "os.write(3, struct.pack('<I', 0xFFFFFFFF))",
    "a frame of noise": "os.write(3, struct.pack('<I', 6) + b'\\xc1noise')",
    "an unknown message": "os.write(3, struct.pack('<I', 14) + b'\\x81\\xa4type\\xa7unknown')",
    "a second ready": "os.write(3, job.frame(job.Ready(1)))",
    "a result that does not add up": (
        "os.write(3, job.piece_head(3, 9) + b'abc' + job.frame(job.Returned(0.0)))"
    ),
    "a result that changes its size": (
        "os.write(3, job.piece_head(3, 9) + b'abc' + job.piece_head(3, 6) + b'abc')"
    ),
    "an answer to another question": "os.write(3, job.frame(job.Checked((), ())))",
    "an array that claims four billion items": (
        "os.write(3, struct.pack('<I', 5) + b'\\xdd\\xff\\xff\\xff\\xff')"
    ),
}


@pytest.mark.parametrize("what", HOSTILE_FRAMES)
def test_the_front_survives_frames_that_lie(kernel_wall_alone: RunningServer, what: str) -> None:
    source = (
        "import os, struct, time\n"
        "from cloche_server.ipc import job\n"
        f"def attack(model, tokenizer):\n    {HOSTILE_FRAMES[what]}\n    time.sleep(30)"
    )
    outcome = kernel_wall_alone.execute(source, timeout_s=20)
    assert isinstance(outcome, Refused), outcome
    assert outcome.reason == "SANDBOX_DIED"
    assert kernel_wall_alone.value("def ok(model, tokenizer): return 1") == 1


def test_the_front_stops_a_flood(kernel_wall_alone: RunningServer) -> None:
    """Progress reports written past the sandbox's own count."""
    source = (
        "import os, struct\n"
        "import msgspec\n"
        "from cloche_server.ipc import job\n"
        "def attack(model, tokenizer):\n"
        "    frame = job.frame(job.Printed('stdout', 'x' * 60000))\n"
        "    while True: os.write(3, frame)"
    )
    outcome = kernel_wall_alone.execute(
        source, timeout_s=60, output_max_bytes=1000, result_max_bytes=1000
    )
    assert isinstance(outcome, Refused), outcome
    assert outcome.reason == "OUTPUT_LIMIT"


def test_a_sandbox_that_answers_twice_is_heard_once(kernel_wall_alone: RunningServer) -> None:
    source = (
        "import os\n"
        "from cloche import wire\n"
        "from cloche_server.ipc import job\n"
        "def attack(model, tokenizer):\n"
        "    data = wire.encode('forged')\n"
        "    os.write(3, job.piece_head(len(data), len(data)) + data)\n"
        "    os.write(3, job.frame(job.Returned(0.0)))\n"
        "    return 'second'"
    )
    outcome = kernel_wall_alone.execute(source)
    assert isinstance(outcome, Returned), outcome
    assert outcome.value == "forged"
    assert kernel_wall_alone.value("def ok(model, tokenizer): return 'mine'") == "mine"
