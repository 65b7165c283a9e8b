"""Functions over bytes, given bytes that nobody else holds.

The library's own take whatever has memory: an array of Python objects, whose pointers they would
hand out as bytes, or one that changes while they go over it.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import io
import random
import struct
import uuid
import zlib
from collections.abc import Callable
from types import ModuleType
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from ..copies import refuse_objects
from ..diagnostics import AccessRefused
from ..exact import exact_keys
from ..slots import class_name, mro_of
from ..tables.rows import words
from .registry import Adapter, adapts

if TYPE_CHECKING:
    from ..guards import Guards

_PLAIN: Final = frozenset({bytes, str, int, float, bool, type(None)})


def octets(value: Any) -> Any:
    """Bytes, text or a number, of exactly Python's own types."""
    cls = type(value)
    if cls in _PLAIN:
        return value
    mro = mro_of(cls)
    if cls is bytearray:
        return bytes(value)
    if cls is np.ndarray:
        refuse_objects(value)
        return value.tobytes()
    if np.generic in mro and np.void not in mro:
        value = value.item()
    elif int in mro:
        value = int.__index__(value)
    elif str in mro:
        value = str.__str__(value)
    if type(value) not in _PLAIN:
        raise TypeError(f"bytes, text or a number is wanted, not '{class_name(cls)}'")
    return value


def _over_octets(original: Callable[..., Any]) -> Adapter:
    def make(guards: Guards) -> Callable[..., Any]:
        def convert(*args: Any, **options: Any) -> Any:
            exact_keys(options)
            given = {key: octets(value) for key, value in options.items()}
            return original(*[octets(each) for each in args], **given)

        convert.__name__ = original.__name__
        return convert

    return make


_FUNCTIONS: Final[dict[ModuleType, str]] = {
    base64: """a85decode a85encode b16decode b16encode b32decode b32encode b32hexdecode
        b32hexencode b64decode b64encode b85decode b85encode decodebytes encodebytes
        standard_b64decode standard_b64encode urlsafe_b64decode urlsafe_b64encode""",
    binascii: """a2b_base64 a2b_hex a2b_qp a2b_uu b2a_base64 b2a_hex b2a_qp b2a_uu crc32 crc_hqx
        hexlify unhexlify""",
    zlib: "adler32 compress crc32 decompress",
    struct: "calcsize pack unpack unpack_from",
}
_HASHES: Final = words(
    """blake2b blake2s md5 sha1 sha224 sha256 sha384 sha3_224 sha3_256 sha3_384 sha3_512 sha512
    shake_128 shake_256"""
)
for _module, _names in (*_FUNCTIONS.items(), (hashlib, " ".join(_HASHES))):
    for _name in words(_names):
        adapts(f"{_module.__name__}.{_name}")(_over_octets(getattr(_module, _name)))


@adapts("struct.iter_unpack")
def make_iter_unpack(guards: Guards) -> Callable[..., Any]:
    def iter_unpack(form: Any, data: Any, /) -> Any:
        return iter([*struct.iter_unpack(octets(form), octets(data))])

    return iter_unpack


@adapts("hashlib.new")
def make_new(guards: Guards) -> Callable[..., Any]:
    def new(name: Any, data: Any = b"", **options: Any) -> Any:
        if type(name) is not str or name.lower() not in _HASHES:
            raise ValueError(f"unsupported hash type; one of {', '.join(_HASHES)} is wanted")
        exact_keys(options)
        given = {key: octets(value) for key, value in options.items()}
        return getattr(hashlib, name.lower())(octets(data), **given)

    return new


def _method(cls: type, name: str, change: Callable[[Any], Any]) -> Adapter:
    """A method of exactly that class's objects, its one argument changed first."""
    original = getattr(cls, name)

    def make(guards: Guards) -> Callable[..., Any]:
        def method(obj: Any, data: Any, /) -> Any:
            if cls not in mro_of(type(obj)):
                raise AccessRefused(
                    f"'{name}' of a '{class_name(type(obj))}' refused",
                    hint=f"call it on a {class_name(cls)}",
                    code="call-refused",
                )
            return original(obj, change(data))

        method.__name__ = name
        return method

    return make


def _all_octets(values: Any) -> list[Any]:
    return [octets(each) for each in values]


_WRITTEN_TO: Final[dict[str, type]] = {
    "_hashlib:HASH.update": type(hashlib.md5(usedforsecurity=False)),
    "_blake2:blake2b.update": type(hashlib.blake2b()),
    "_blake2:blake2s.update": type(hashlib.blake2s()),
    "io:BytesIO.write": io.BytesIO,
}
for _key, _each in _WRITTEN_TO.items():
    adapts(_key)(_method(_each, _key.rpartition(".")[2], octets))
adapts("io:BytesIO.writelines")(_method(io.BytesIO, "writelines", _all_octets))


@adapts("uuid.uuid4")
def make_uuid4(guards: Guards) -> Callable[..., Any]:
    def uuid4() -> uuid.UUID:
        return uuid.UUID(bytes=random.randbytes(16), version=4)  # noqa: S311  # the call's own

    return uuid4
