"""Decode msgpack into one of the messages that a protocol knows."""

from __future__ import annotations

from typing import TypeVar

import msgspec

_Message = TypeVar("_Message")


def decode(decoder: msgspec.msgpack.Decoder[_Message], data: bytes | memoryview) -> _Message:
    """Raises msgspec.ValidationError or msgspec.DecodeError; RecursionError where it nests deep."""
    try:
        return decoder.decode(data)
    except UnicodeDecodeError as error:
        raise msgspec.DecodeError(f"text that is not UTF-8: {error.reason}") from None
