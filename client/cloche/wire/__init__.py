"""The value codec: msgpack with extension types, as docs/wire.md specifies. Nothing is pickled."""

from cloche.wire._decode import decode
from cloche.wire._encode import encode, encode_parts, joined
from cloche.wire._incoming import Incoming
from cloche.wire._mask import Mask
from cloche.wire._records import Record, RecordTuple

__all__ = [
    "Incoming",
    "Mask",
    "Record",
    "RecordTuple",
    "decode",
    "encode",
    "encode_parts",
    "joined",
]
