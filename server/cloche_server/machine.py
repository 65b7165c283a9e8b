"""Ask what the machine has: what every server needs of it, and how much memory calls may take."""

from __future__ import annotations

import dataclasses
import os
import tempfile
from pathlib import Path
from typing import Final

from cloche.contract.config import ConfigError, ServerConfig
from cloche.contract.settings import Named

# Of the machine's memory, what all calls together may add to the models. The rest is for weights,
# the front and the system.
_SHARE: Final = 0.8
_CGROUP: Final = ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes")


def lacking() -> str | None:
    """The first thing that is missing and what to do; None: nothing is."""
    if not os.path.exists("/proc/self/status"):
        return (
            "there is no /proc, and without it no sandbox's memory can be watched: mount it "
            "(mount -t proc proc /proc)"
        )
    try:
        tempfile.gettempdir()
    except FileNotFoundError:
        return (
            "no directory for temporary files can be written, and the proof of the kernel wall "
            "needs one: let TMPDIR name it"
        )
    return None


def memory_bytes() -> int:
    """Of the machine, or of the container where that is less."""
    found = [os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")]
    for path in _CGROUP:
        try:
            text = Path(path).read_text().strip()
        except OSError:
            continue
        if text.isdigit():
            found.append(int(text))
    return min(found)


def for_calls(total_bytes: int) -> int:
    """What all calls together may take of `total_bytes`."""
    return int(total_bytes * _SHARE)


def fitted(config: ServerConfig, total_bytes: int) -> ServerConfig:
    """The configuration with memory limits that this machine can keep.

    What nobody chose is made to fit: the cap of one call, and its default, so that as many calls
    as may run at once find room.

    Raises:
        ConfigError: a limit that was chosen is more than there is.
    """
    room = for_calls(total_bytes)
    limits = config.limits
    for name in ("memory_max_bytes", "memory_default_bytes"):
        if limits.chose(name) and getattr(limits, name) > room:
            raise _too_much(name, getattr(limits, name), total_bytes)
    for model in config.models:
        if model.memory_max_bytes is not None and model.memory_max_bytes > room:
            raise _too_much("memory_max_bytes", model.memory_max_bytes, total_bytes)
    most = min(limits.memory_max_bytes, room)
    default = limits.memory_default_bytes
    if not limits.chose("memory_default_bytes"):
        default = min(default, room // limits.concurrent_calls)
    default = min(default, most)
    fitting = dataclasses.replace(limits, memory_max_bytes=most, memory_default_bytes=default)
    return dataclasses.replace(config, limits=fitting)


def _too_much(name: str, value: int, total_bytes: int) -> ConfigError:
    return ConfigError(
        Named(name),
        f" is {value}; the machine has {total_bytes} bytes, of which calls may take "
        f"{for_calls(total_bytes)}",
    )
