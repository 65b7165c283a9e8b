"""The preloaded allocator of `fence.c`: built where there is a C compiler, switched by ctypes."""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

_SOURCE: Final = Path(__file__).with_name("fence.c")
OFF, AT_END, AT_START = 0, 1, 2

#: What keeps libraries from buffering blocks of their own, or working in threads.
_ENVIRONMENT: Final = {
    "MKL_DISABLE_FAST_MM": "1",
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
}


def compiler() -> str | None:
    return shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")


def build(folder: Path) -> Path:
    """Compiles the allocator. Raises CalledProcessError if that fails."""
    library = folder / "fence.so"
    command = [str(compiler()), "-O2", "-fPIC", "-shared", "-fno-builtin", "-Wall", "-Werror"]
    subprocess.run([*command, "-o", str(library), str(_SOURCE), "-ldl"], check=True)
    return library


def environment(library: Path | None) -> dict[str, str]:
    """What a process that drives native code is started with."""
    preload = {} if library is None else {"LD_PRELOAD": str(library)}
    return {**os.environ, **_ENVIRONMENT, **preload}


class Fence:
    """Holds: whether the allocator is there. Without it only inputs lie against guard pages."""

    def __init__(self) -> None:
        self._switch = getattr(ctypes.CDLL(None), "cloche_fence", None)
        self.there = self._switch is not None
        if self.there and ctypes.CDLL(None).cloche_fence_reserve():
            sys.exit("fence: no address space for guarded blocks")

    def switch(self, mode: int) -> None:
        if self._switch is not None:
            self._switch(mode)
