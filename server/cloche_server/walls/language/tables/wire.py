"""What a caller's objects with fields arrive as: cloche's own classes.

Their fields hold what was decoded, or what the technique put there itself, as items of dicts do.
"""

from __future__ import annotations

from .rows import Allow, Field, Fields, Kind, Row

_RECORD = "cloche.wire._records:Record"
_TUPLE = "cloche.wire._records:RecordTuple"

ROWS: tuple[Row, ...] = (
    Fields(_RECORD, why="the fields of an argument: what x['name'] gives as well"),
    Fields(_TUPLE, why="the fields of an argument: what x['name'] gives as well"),
    Allow(_RECORD, "type_name", why="text", pure=True),
    Field(_TUPLE, "_fields type_name", why="text, and a tuple of it"),
    Allow(_TUPLE, "_asdict", why="a dict of its fields", pure=True),
    Kind(_RECORD, why="a dict of what was decoded"),
    Kind(_TUPLE, why="a tuple of what was decoded"),
)
