"""A client with little memory, which decodes what servers send. A process of its own.

Protocol: "ready" once, then a length and a result in, one line out.
"""

from __future__ import annotations

import contextlib
import importlib
import resource
import select
import struct
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

from cloche import wire
from cloche.contract.errors import WireError

_LENGTH: Final = struct.Struct("<I")
_MEMORY_BYTES: Final = 512 << 20
_PATIENCE_S: Final = 10.0
# "eval" is a decoder that is as bad as can be.
_DECODERS: Final[dict[str, Callable[[bytes], object]]] = {"wire": wire.decode, "eval": eval}
_WELL: Final = ("decoded", "refused")


class SmallClient:
    """Started when it is first needed, and again when it did not survive."""

    def __init__(self, decode: str = "wire") -> None:
        self._decode = decode
        self._process: subprocess.Popen[bytes] | None = None

    def harmed_by(self, result: bytes) -> str | None:
        """What decoding `result` does to a client beyond a value or a WireError, or None."""
        process = self._started()
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            process.stdin.write(_LENGTH.pack(len(result)) + result)
            process.stdin.flush()
        except BrokenPipeError:
            pass
        ready = select.select([process.stdout], [], [], _PATIENCE_S)[0]
        said = process.stdout.readline().decode().strip() if ready else "nothing for too long"
        if said in _WELL:
            return None
        self.close()
        return f"a client was harmed: {said or 'it died'}"

    def close(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None

    def _started(self) -> subprocess.Popen[bytes]:
        if self._process is None:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.attacks.small_client", self._decode],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                cwd=Path(__file__).parents[2],
            )
            assert self._process.stdout is not None
            assert self._process.stdout.readline() == b"ready\n"
        return self._process


def _serve() -> None:
    # Before the limit, and before anybody counts the seconds: the first tensor would import it.
    with contextlib.suppress(ImportError):
        importlib.import_module("torch")
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    size = pages * resource.getpagesize() + _MEMORY_BYTES
    resource.setrlimit(resource.RLIMIT_AS, (size, size))
    decode = _DECODERS[sys.argv[1]]
    print("ready", flush=True)
    while header := sys.stdin.buffer.read(_LENGTH.size):
        data = sys.stdin.buffer.read(*_LENGTH.unpack(header))
        try:
            decode(data)
            said = "decoded"
        except WireError:
            said = "refused"
        except BaseException as error:  # what no client expects
            said = f"{type(error).__name__}: {error}"[:200]
        print(" ".join(said.split()), flush=True)


if __name__ == "__main__":
    _serve()
