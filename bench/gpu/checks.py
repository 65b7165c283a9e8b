"""The checks: each asks one thing of the device, in a process of its own."""

from __future__ import annotations

import ctypes
import os
import signal
import socket
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from cloche_server.gpu import integrity, landing, slabs, warming
from cloche_server.gpu.driver import READ_WRITE, Driver, DriverError
from cloche_server.gpu.slabs import Source

MIB: Final = 1 << 20
GIB: Final = 1 << 30
_SIZE: Final = 64 * MIB
_PATTERN: Final = b"\x5a" * _SIZE
_DONE: Final = b"."


class Report:
    """What a check says, line by line."""

    def __init__(self) -> None:
        self.bad = False

    def holds(self, good: bool, text: str) -> None:
        self.bad = self.bad or not good
        print("OK  " if good else "BAD ", text, flush=True)

    def info(self, text: str) -> None:
        print("INFO", text, flush=True)


@dataclass(frozen=True)
class Check:
    """One question; `run` ends the process with 1 where the answer is BAD."""

    ask: Callable[[Report, str], None]
    limit_s: float

    def run(self, library: str) -> None:
        report = Report()
        try:
            self.ask(report, library)
        except Exception as error:  # noqa: BLE001  # of whatever kind, it is what was found
            report.holds(False, f"{type(error).__name__}: {error}")
        sys.stdout.flush()
        os._exit(report.bad)


def in_fork(act: Callable[[], object], limit_s: float = 60.0) -> str:
    """What `act` returned in a fork; what ended it says so."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.close(reader)
            os.write(writer, str(act()).encode())
        except BaseException as error:  # noqa: BLE001  # a fork must not run on into the check
            first = (str(error).splitlines() or [""])[0]
            os.write(writer, f"raised {type(error).__name__}: {first[:200]}".encode())
        finally:
            os._exit(0)
    os.close(writer)
    end = time.monotonic() + limit_s
    with os.fdopen(reader, "rb", buffering=0) as pipe:
        os.set_blocking(pipe.fileno(), False)
        said = b""
        while (part := pipe.read(65536)) != b"":
            said += part or b""
            if time.monotonic() > end:
                os.kill(child, signal.SIGKILL)
                break
            time.sleep(0.005)
    _, status = os.waitpid(child, 0)
    code = os.waitstatus_to_exitcode(status)
    return said.decode() + (f" (ended with {code})" if code else "")


def _slab(library: str) -> int:
    """The descriptor of a slab whose maker has ended."""
    ours, theirs = socket.socketpair()

    def make() -> str:
        driver = Driver(library)
        driver.begin()
        data = ctypes.create_string_buffer(_PATTERN, _SIZE)
        source = Source(0, ctypes.addressof(data), _SIZE)
        socket.send_fds(theirs, [_DONE], [slabs.write(driver, _SIZE, [source])])
        return "made"

    said = in_fork(make)
    if said != "made":
        raise DriverError(said)
    with ours, theirs:
        _, (file,), _, _ = socket.recv_fds(ours, 1, 1)
    return file


def _imported(library: str, file: int) -> tuple[Driver, int]:
    driver = Driver(library)
    driver.begin()
    return driver, slabs.read_only(driver, _SIZE, file)


def machine(report: Report, library: str) -> None:
    """Is there what sharing needs?"""
    import torch

    driver = Driver(library)
    driver.begin()
    slabs.require_able(driver)
    free, total = driver.free_and_total_bytes()
    report.holds(True, f"virtual memory and descriptors, {driver.granularity() / MIB:g} MiB steps")
    report.info(f"{free / GIB:.1f} of {total / GIB:.1f} GiB free; kernel {os.uname().release}")
    report.info(f"torch {torch.__version__}, CUDA {torch.version.cuda}")
    if torch.cuda.is_available():
        report.info(f"{torch.cuda.get_device_name(0)}, {torch.cuda.get_device_capability(0)}")


def handles(report: Report, library: str) -> None:
    """Does memory outlive its maker, serve many, and take no write from those who read?"""
    file = _slab(library)

    def read() -> str:
        driver, address = _imported(library, file)
        return "as written" if driver.download(address, _SIZE) == _PATTERN else "other bytes"

    def write() -> str:
        driver, address = _imported(library, file)
        data = ctypes.create_string_buffer(4096)
        driver.upload(address, ctypes.addressof(data), 4096)
        return "wrote"

    def widen() -> str:
        driver, address = _imported(library, file)
        driver.allow(address, slabs.rounded(driver, _SIZE), READ_WRITE)
        return "granted"

    for time_ in ("first", "second"):
        said = in_fork(read)
        report.holds(said == "as written", f"its maker has ended, the {time_} reader: {said}")
    report.holds("wrote" not in (said := in_fork(write)), f"a write by the driver: {said}")
    report.holds(in_fork(read) == "as written", "and what lies there is as it was")
    report.info(f"asked to map it writable (what the seal is for): {in_fork(widen)}")


def fork(report: Report, _: str) -> None:
    """Can a fork begin with CUDA whose parent has only imported torch?"""
    import torch

    said = in_fork(lambda: torch.ones(8, device="cuda").sum().item())
    report.holds(said == "8.0", f"in a fork, before its parent: {said}")
    torch.ones(1, device="cuda")
    said = in_fork(lambda: torch.ones(8, device="cuda").sum().item())
    report.holds("raised" in said, f"and not after: {said}")


def landed(report: Report, library: str) -> None:
    """Are tensors laid over shared memory copied when they are written, and only then?"""
    file = _slab(library)

    def written(how: Callable[[Any], object]) -> str:
        import torch
        from cloche_server.zygote.weights import cow

        torch.cuda.init()
        _, address = _imported(library, file)
        (base,) = landing.land([(address, _SIZE)])
        made = cow.clone(base)
        shared = cow.is_shared(made) and made[:16].tolist() == [0x5A] * 16
        how(made)
        torch.cuda.synchronize()
        return f"shared {shared}, copied {not cow.is_shared(made)}"

    ways: dict[str, Callable[[Any], object]] = {
        "fill_": lambda made: made.fill_(1),
        "a view": lambda made: made[5:9].add_(1),
        "copy_": lambda made: made.copy_(made.clone()),
    }
    for name, way in ways.items():
        said = in_fork(lambda way=way: written(way))  # type: ignore[misc]
        report.holds(said == "shared True, copied True", f"{name}: {said}")
    said = in_fork(lambda: written(lambda made: made.sum()))
    report.holds(said == "shared True, copied False", f"a sum: {said}")


def _seal() -> None:
    """Cloche's own table for all threads, and what CUDA's own waits in: no device is left."""
    from cloche_server.walls.kernel import bpf, identity, libc, seccomp

    identity.forbid_new_privileges()
    refuse = bpf.errno_action(1)
    table = seccomp.build(notify=False, kill=refuse).table
    head = b"".join(seccomp._prologue(libc.MACHINE, refuse))
    waits = b"".join(
        b"".join(seccomp._row(number, [bpf.answer(bpf.ALLOW)]))
        for number in ({"x86_64": (7, 271), "aarch64": (73,)}[libc.MACHINE])
    )
    seccomp._load(head + waits + table[len(head) :], seccomp._TSYNC)


def _model() -> Any:
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    torch.manual_seed(0)
    config = LlamaConfig(
        vocab_size=32_000, hidden_size=2048, intermediate_size=8192, num_hidden_layers=4,
        num_attention_heads=16, num_key_value_heads=16, attn_implementation="eager",
    )  # fmt: skip
    with torch.device("cuda"):
        return LlamaForCausalLM(config).to(torch.bfloat16).eval()


def _scenes(model: Any) -> None:
    import torch

    ids = torch.arange(1, 9, device="cuda")[None]
    for _ in range(2):
        with torch.no_grad():
            model(ids, output_hidden_states=True).logits.float().softmax(-1).topk(5).values.cpu()
            model.generate(ids, max_new_tokens=4, do_sample=False, pad_token_id=0)
        model(ids, labels=ids).loss.backward()
        model.zero_grad(set_to_none=True)
    torch.cuda.synchronize()


def sealed(report: Report, library: str) -> None:
    """Does what was warmed up run without the driver, and does all else fail as it should?"""
    file = _slab(library)

    def live() -> str:
        os.environ.update(warming.ENVIRONMENT)
        import torch

        begun = time.monotonic()
        torch.ones(1, device="cuda")
        context_s = time.monotonic() - begun
        driver, address = _imported(library, file)
        model = _model()
        arena = warming.warm(lambda: _scenes(model), 4 * GIB)
        ready_s = time.monotonic() - begun
        threads = len(os.listdir("/proc/self/task"))
        _seal()

        def tried(act: Callable[[], object]) -> str:
            try:
                return str(act())
            except Exception as error:  # noqa: BLE001  # it is what was found
                return type(error).__name__

        lines = {
            "warm": tried(lambda: _scenes(model) or "runs"),
            "too much": tried(lambda: torch.empty(2 * arena, dtype=torch.uint8, device="cuda")),
            "after it": tried(lambda: torch.ones(8, device="cuda").sum().item()),
            "new kernel": tried(
                lambda: (
                    torch.special.bessel_j0(torch.rand(9, device="cuda")).sum().isfinite().item()
                )
            ),
            "widen": tried(lambda: driver.allow(address, _SIZE, READ_WRITE) or "granted"),
            "open": tried(lambda: os.open("/dev/nvidiactl", os.O_RDWR)),
        }
        print(f"INFO context {context_s:.2f} s, ready {ready_s:.2f} s, arena {arena / GIB:.1f} GiB,"
              f" {threads} threads", flush=True)  # fmt: skip
        return "; ".join(f"{name}: {said}" for name, said in lines.items())

    said = in_fork(live, 110)
    report.info(said)
    report.holds("warm: runs" in said, "what was warmed up runs sealed")
    report.holds(
        "too much: OutOfMemoryError" in said, "memory beyond the arena is refused by torch"
    )
    report.holds("after it: 8.0" in said, "and the process goes on")
    report.holds("widen: DriverError" in said, "shared memory cannot be mapped writable")
    report.holds("open: PermissionError" in said, "no device can be opened")


def leftovers(report: Report, _: str) -> None:
    """Is memory that another process left clean?"""
    import torch

    def fill() -> str:
        torch.full((8 * GIB,), 0xA5, dtype=torch.uint8, device="cuda")
        torch.cuda.synchronize()
        return "filled"

    def look() -> int:
        found = torch.empty(12 * GIB, dtype=torch.uint8, device="cuda")
        return sum(int((part != 0).sum()) for part in found.split(GIB))

    report.info(in_fork(fill))
    report.holds((said := in_fork(look)) == "0", f"bytes that are not zero: {said}")


def ends(report: Report, _: str) -> None:
    """Does SIGKILL end an endless kernel, and its neighbour live on?"""
    import torch

    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            held = torch.ones(2 * GIB, dtype=torch.uint8, device="cuda")
            sleep: Any = torch.cuda
            sleep._sleep(1 << 50)
            os.write(writer, _DONE if held.numel() else b"")
            torch.cuda.synchronize()
        finally:
            os._exit(0)
    os.read(reader, 1)
    beside = in_fork(lambda: torch.ones(8, device="cuda").sum().item())
    report.holds(beside == "8.0", f"beside it: {beside}")
    begun = time.monotonic()
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    took = time.monotonic() - begun
    after = in_fork(lambda: torch.ones(8, device="cuda").sum().item())
    report.holds(took < 5 and after == "8.0", f"SIGKILL took {took:.2f} s; then: {after}")


def digest(report: Report, _: str) -> None:
    """How fast is the keyed digest, and does it see one bit?"""
    import torch

    key = os.urandom(integrity.KEY_BYTES)
    data = torch.randint(0, 256, (4 * GIB,), dtype=torch.uint8, device="cuda")
    before = integrity.digest(data, key)
    begun = time.monotonic()
    again = integrity.digest(data, key)
    took = time.monotonic() - begun
    report.info(f"4 GiB in {1e3 * took:.1f} ms: {4 * GIB / took / 1e9:.0f} GB/s")
    data[123_456_789] ^= 1
    report.holds(again == before != integrity.digest(data, key), "one bit is seen")


#: In the order of what they tell; none needs what another made.
CHECKS: Final[dict[str, Check]] = {
    "machine": Check(machine, 40),
    "handles": Check(handles, 60),
    "fork": Check(fork, 60),
    "landing": Check(landed, 80),
    "sealed": Check(sealed, 120),
    "leftovers": Check(leftovers, 60),
    "ends": Check(ends, 60),
    "digest": Check(digest, 40),
}
