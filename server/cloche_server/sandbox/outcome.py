"""Decide inside the sandbox how a job ended: a result, an exception, or a refusal."""

from __future__ import annotations

import re
import time
from typing import Final

import torch
from cloche.contract.reason import Reason

from cloche_server.ipc import job
from cloche_server.sandbox import tracebacks

# On the CPU torch has no class of its own for this; the text is c10's allocator's.
_ALLOCATION: Final = re.compile(r"DefaultCPUAllocator: can't allocate memory")


class Refusal(Exception):
    """The job cannot be done, or a limit ended it; becomes job.Refused."""

    def __init__(self, reason: Reason, message: str, field: str = "", line: int = 0) -> None:
        self.reason = reason
        self.field = field
        self.line = line
        super().__init__(message)

    def as_message(self) -> job.Refused:
        return job.Refused(
            reason=self.reason.value,  # type: ignore[arg-type]
            message=str(self),
            field=self.field,
            line=self.line,
        )


def is_out_of_memory(error: BaseException) -> bool:
    """Whether the memory limit is what stopped the technique."""
    if type(error) is MemoryError or type(error) is torch.OutOfMemoryError:
        return True
    return type(error) is RuntimeError and bool(_ALLOCATION.search(tracebacks.message(error)))


def cpu_seconds() -> float:
    """Processor time of this process so far, all threads."""
    return time.clock_gettime(time.CLOCK_PROCESS_CPUTIME_ID)
