"""Load what a sandbox must have before it is sealed from the driver: kernels, handles, memory.

A launch is a write to memory that is mapped already. What needs the driver is a kernel's first
launch, a library's first handle, and memory: all three are had here.
Untried on a GPU: `python -m bench.gpu sealed` tries it. Source: torch/cuda/memory.py of 2.13.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

import torch

_SMALL_BYTES: Final = 1 << 20
_SMALL_PIECES: Final = 64
_torch: Any = torch

#: In the environment of a sandbox before it begins with CUDA.
ENVIRONMENT: Final[Mapping[str, str]] = MappingProxyType(
    {
        "CUDA_CACHE_DISABLE": "1",
        "CUDA_DEVICE_MAX_CONNECTIONS": "1",
        "CUBLAS_WORKSPACE_CONFIG": ":4096:8",
        # All kernels at once; the others would be missing behind the seal.
        "CUDA_MODULE_LOADING": "EAGER",
        # No stray MPS server is joined: a fault in one of its clients ends all of them.
        "CUDA_MPS_PIPE_DIRECTORY": "/nonexistent",
        # Beyond the arena torch raises by itself, before it asks a driver that it cannot reach.
        "PYTORCH_CUDA_ALLOC_CONF": "throw_on_cudamalloc_oom:true",
    }
)


def warm(scenes: Callable[[], object], arena_bytes: int) -> int:
    """Plays `scenes`, which is what calls do, and then reserves their memory.

    Returns:
        What torch holds from now on, in bytes: no allocation goes beyond it.
    """
    scenes()
    square = torch.randn(64, 64, device="cuda")
    torch.linalg.svd(square)
    torch.linalg.solve(square, square)
    square.cpu().to("cuda")
    torch.cuda.manual_seed(0)
    whole = torch.empty(arena_bytes, dtype=torch.uint8, device="cuda")
    small = [
        torch.empty(_SMALL_BYTES // 2, dtype=torch.uint8, device="cuda")
        for _ in range(_SMALL_PIECES)
    ]
    del whole, small
    torch.cuda.synchronize()
    reserved = int(torch.cuda.memory_reserved())
    total = _torch.cuda.get_device_properties(0).total_memory
    torch.cuda.set_per_process_memory_fraction(reserved / total)
    return reserved
