"""Description → bytes, from docs/wire.md alone: shares nothing with Cloche's own codec.

msgpack writes what it has types for; headers of containers and payloads are put together by hand.
"""

from __future__ import annotations

import struct
from typing import Any

import msgpack

#: What a neutral description holds; README.md says how each is written.
Description = dict[str, Any]

_ELEMENTS = {"tensor": 1, "array": 2, "scalar": 8}
_ITEMS = {"tuple": 3, "set": 6, "frozenset": 7}
_RECORDS = {"record": 9, "record tuple": 10}


def encode(description: Description) -> bytes:
    """The bytes of the value that `description` describes."""
    ((kind, content),) = description.items()
    match kind:
        case "nil":
            return b"\xc0"
        case "bool" | "str":
            return _plain(content)
        case "bin":
            return _plain(bytes.fromhex(content))
        case "float":
            return b"\xcb" + bytes.fromhex(content)
        case "int":
            return _int(int(content))
        case "complex":
            return extension(4, b"".join(bytes.fromhex(part) for part in content))
        case "list":
            return msgpack.Packer().pack_array_header(len(content)) + _joined(content)
        case "map":
            header: bytes = msgpack.Packer().pack_map_header(len(content))
            return header + b"".join(_joined(pair) for pair in content)
        case "tuple" | "set" | "frozenset":
            return extension(_ITEMS[kind], encode({"list": content}))
        case "record" | "record tuple":
            names = [{"str": name} for name, _ in content["fields"]]
            values = [value for _, value in content["fields"]]
            items = [{"str": content["type"]}, *names, *values]
            return extension(_RECORDS[kind], encode({"list": items}))
        case "named":
            return extension(11, encode({"list": [{"str": content["kind"]}, *content["items"]]}))
        case "time":
            return _plain(msgpack.Timestamp(int(content["seconds"]), content["nanoseconds"]))
        case "tensor" | "array" | "scalar":
            data = bytes.fromhex(content["data"])
            return elements(_ELEMENTS[kind], content["dtype"], content["shape"], data)
    raise ValueError(f"no such kind: {kind}")


def extension(code: int, payload: bytes) -> bytes:
    return _plain(msgpack.ExtType(code, payload))


def elements(code: int, dtype: object, shape: object, data: bytes) -> bytes:
    header = _plain([dtype, shape])
    return extension(code, struct.pack(">H", len(header)) + header + data)


def nested(count: int) -> bytes:
    """Tuples inside each other."""
    packed = b"\x01"
    for _ in range(count):
        packed = extension(3, b"\x91" + packed)
    return packed


def _int(number: int) -> bytes:
    if -(1 << 63) <= number < 1 << 64:
        return _plain(number)
    size = 1
    while not -(1 << (8 * size - 1)) <= number < 1 << (8 * size - 1):
        size += 1
    return extension(5, (number % (1 << (8 * size))).to_bytes(size, "big"))


def _joined(items: list[Description]) -> bytes:
    return b"".join(map(encode, items))


def _plain(value: object) -> bytes:
    packed: bytes = msgpack.packb(value)
    return packed
