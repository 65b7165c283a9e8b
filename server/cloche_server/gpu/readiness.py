"""Find out whether this machine could serve on a GPU, before anything is loaded.

In a fork: a process that has begun with CUDA can fork nobody who uses it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import torch

from cloche_server import forked
from cloche_server.gpu import slabs
from cloche_server.gpu.driver import LIBRARY, Driver, DriverError

_UNTRIED: Final = (
    "this release does not serve on a GPU: what seals a sandbox from the driver has run on no "
    "device yet. `python -m bench.gpu` tries it here, and docs/gpu.md says what each line means"
)


def why_not(fork: Callable[[], int], library: str = LIBRARY) -> str:
    """Returns why no model is served on a GPU here, the first of what is missing."""
    said = forked.answer(lambda: _missing(library).encode(), fork).decode()
    return said or "the driver ended the process that asked it"


def _missing(library: str) -> str:
    try:
        driver = Driver(library)
        driver.begin()
        slabs.require_able(driver)
    except (DriverError, AttributeError) as error:  # an old driver lacks some of the calls
        return str(error)
    if torch.version.cuda is None:
        return f"torch {torch.__version__} was built without CUDA; install a build that has it"
    return _UNTRIED
