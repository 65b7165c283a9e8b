"""Extension codes. Their payloads are specified in docs/wire.md."""

from __future__ import annotations

from typing import Final

TENSOR: Final = 1
ARRAY: Final = 2
TUPLE: Final = 3
COMPLEX: Final = 4
BIG_INT: Final = 5
SET: Final = 6
FROZEN_SET: Final = 7
SCALAR: Final = 8
RECORD: Final = 9
RECORD_TUPLE: Final = 10
NAMED: Final = 11

# Extension values may stand inside each other this deep; msgpack itself bounds lists and maps.
MAX_EXT_DEPTH: Final = 64
MAX_DIMENSIONS: Final = 64
#: A tensor, array or scalar whose payload takes this much is not copied with what is around it.
APART_BYTES: Final = 1 << 16
#: Stands for such a payload while the rest is decoded; nobody may send it.
APART: Final = 127
