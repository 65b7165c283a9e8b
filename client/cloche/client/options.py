"""Check what a caller asks for beyond the technique's own arguments."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Any

from google.protobuf import duration_pb2

from cloche.contract.errors import InvalidRequestError
from cloche.v1 import execution_pb2 as pb

_UNITS = {"": 1, "k": 10**3, "m": 10**6, "g": 10**9, "t": 10**12}
_BINARY_UNITS = {"k": 1 << 10, "m": 1 << 20, "g": 1 << 30, "t": 1 << 40}
_SIZE = re.compile(r"(?P<number>\d+(?:\.\d+)?)\s*(?P<unit>[kmgt]?)(?P<binary>i?)b?", re.IGNORECASE)
_LARGEST = (1 << 63) - 1


@dataclass(frozen=True, kw_only=True)
class Options:
    """Options of one call. None takes the server's default; the server caps each by its limits."""

    timeout_s: float | None = None
    seed: int | None = None
    memory_bytes: int | None = None
    result_max_bytes: int | None = None
    output_max_bytes: int | None = None
    entry_point: str = ""
    model: str = ""
    quiet: bool = False
    deterministic: bool = False
    #: Leave the result on the server, and have its digest.
    digest_only: bool = False
    #: The handle of the session that calls run in; empty: each in a sandbox of its own.
    session: str = ""

    def to_proto(self) -> pb.CallOptions:
        options = pb.CallOptions()
        if self.timeout_s is not None:
            options.timeout.CopyFrom(_duration(self.timeout_s))
        if self.seed is not None:
            options.seed = self.seed
        options.memory_bytes = self.memory_bytes or 0
        options.result_max_bytes = self.result_max_bytes or 0
        options.output_max_bytes = self.output_max_bytes or 0
        options.deterministic = self.deterministic
        options.digest_only = self.digest_only
        return options


def checked(changes: dict[str, Any]) -> dict[str, Any]:
    """Returns `with_options` arguments as Options fields.

    Raises:
        InvalidRequestError: a value is out of its range; the message has name, value and range.
    """
    checks = {
        "timeout": ("timeout_s", _timeout),
        "seed": ("seed", _seed),
        "memory": ("memory_bytes", parse_size),
        "result_limit": ("result_max_bytes", parse_size),
        "output_limit": ("output_max_bytes", parse_size),
        "entry_point": ("entry_point", _entry_point),
        "model": ("model", _model),
        "quiet": ("quiet", _switch),
        "deterministic": ("deterministic", _switch),
    }
    fields = {}
    for name, value in changes.items():
        field, check = checks[name]
        fields[field] = value if value is None else check(name, value)
    return fields


def session_options(
    memory: object, idle_timeout: object, lifetime: object, checkpoints: object
) -> pb.SessionOptions:
    """What a session is asked for. Raises InvalidRequestError as `checked`."""
    options = pb.SessionOptions()
    if memory is not None:
        options.memory_bytes = parse_size("memory", memory)
    if idle_timeout is not None:
        options.idle_timeout.CopyFrom(_duration(_timeout("idle_timeout", idle_timeout)))
    if lifetime is not None:
        options.lifetime.CopyFrom(_duration(_timeout("lifetime", lifetime)))
    options.checkpoints = _count("checkpoints", checkpoints)
    return options


def _count(name: str, value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= 1000:
        raise _refused(name, value, "a whole number from 0 to 1000")
    return value


def parse_size(name: str, value: object) -> int:
    """Bytes from an int or a text: "512MB" is 512 * 10**6, "2GiB" is 2 * 2**30.

    Raises:
        InvalidRequestError: it is neither, or not between 1 byte and 2**63 - 1.
    """
    size: int | None = None
    if isinstance(value, int) and not isinstance(value, bool):
        size = value
    elif isinstance(value, str):
        match = _SIZE.fullmatch(value.strip())
        if match and not (match["binary"] and not match["unit"]):
            units = _BINARY_UNITS if match["binary"] else _UNITS
            size = int(float(match["number"]) * units[match["unit"].lower()])
    if size is None or not 0 < size <= _LARGEST:
        raise _refused(
            name, value, 'a number of bytes above 0, or a text such as "2GB" or "512MiB"'
        )
    return size


def _timeout(name: str, value: object) -> float:
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if not number or not 0 < value < math.inf:  # type: ignore[operator]
        raise _refused(name, value, "seconds, a number above 0")
    if value > 10**9:  # type: ignore[operator]
        raise _refused(name, value, "seconds, at most 1e9")
    return float(value)  # type: ignore[arg-type]


def _seed(name: str, value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 1 << 64:
        raise _refused(name, value, "a whole number from 0 to 2**64 - 1")
    return value


def _entry_point(name: str, value: object) -> str:
    if not isinstance(value, str) or not (value == "" or value.isidentifier()):
        raise _refused(name, value, "the name of a top-level function in the source")
    return value


def _model(name: str, value: object) -> str:
    if not isinstance(value, str):
        raise _refused(name, value, "the name of a served model, as info() lists them")
    return value


def _switch(name: str, value: object) -> bool:
    if not isinstance(value, bool):
        raise _refused(name, value, "True or False")
    return value


def _refused(name: str, value: object, range_: str) -> InvalidRequestError:
    return InvalidRequestError(f"{name} is {value!r}; it must be {range_}", field=name)


def _duration(seconds: float) -> duration_pb2.Duration:
    nanos = max(1, round(seconds * 10**9))
    return duration_pb2.Duration(seconds=nanos // 10**9, nanos=nanos % 10**9)
