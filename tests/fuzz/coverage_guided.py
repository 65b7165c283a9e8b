"""`python tests/fuzz/coverage_guided.py -max_total_time=600`: the decoders, steered by coverage.

libFuzzer's options apply. Needs `atheris`, which has wheels for some Pythons only; what it finds is
written to `crash-*`, to become a case in tests/client/wire or tests/server/front.
"""

from __future__ import annotations

import contextlib
import sys
import tracemalloc

import atheris

with atheris.instrument_imports(include=["cloche.wire", "cloche_server.ipc", "msgpack"]):
    import msgspec
    from cloche.contract.errors import WireError
    from cloche.wire import _measure
    from cloche.wire._decode import _unpack
    from cloche_server.ipc import control, job


def _value(data: bytes) -> None:
    bill = _measure._MemoryBudget(1 << 28, len(data))
    try:
        _measure._walk(data, bill, 0)
    except WireError:
        return
    tracemalloc.start()
    with contextlib.suppress(WireError):
        _unpack(data, 0)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    if peak > bill.sum:
        raise AssertionError(f"took {peak} bytes where {bill.sum} were said")


def one_input(data: bytes) -> None:
    if not data:
        return
    body = data[1:]
    try:
        if data[0] % 3 == 0:
            _value(body)
        elif data[0] % 3 == 1:
            job.unpack_from_sandbox(body)
        else:
            control.unpack_from_zygote(body)
    except (msgspec.DecodeError, RecursionError):
        pass


if __name__ == "__main__":
    atheris.Setup(sys.argv, one_input)
    atheris.Fuzz()
