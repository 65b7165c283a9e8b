"""The value codec: msgpack with extension types, as docs/wire.md specifies. Nothing is pickled."""

from cloche.wire._decode import decode
from cloche.wire._encode import encode

__all__ = ["decode", "encode"]
