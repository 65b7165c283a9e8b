"""match over classes, sequences and mappings."""

from dataclasses import dataclass
from enum import Enum, auto
from typing import NamedTuple


class Kind(Enum):
    MLP = auto()
    ATTN = auto()


class Site(NamedTuple):
    layer: int
    kind: Kind


@dataclass(frozen=True)
class Edit:
    site: Site
    scale: float = 1.0


class Point:
    __match_args__ = ("x", "y")

    def __init__(self, x, y):
        self.x, self.y = x, y


def show(value):
    match value:
        case None:
            return "none"
        case bool() | int() as n if n > 10:
            return f"big {n}"
        case int(n):
            return f"int {n}"
        case str() as s:
            return s.upper()
        case Edit(site=Site(layer, Kind.MLP), scale=s):
            return f"mlp {layer} {s}"
        case Edit(Site(kind=Kind.ATTN)):
            return "attn"
        case Point(0, y) | Point(y, 0):
            return f"axis {y}"
        case {"op": "add", **rest} if rest:
            return sorted(rest)
        case {"op": op}:
            return op
        case [first, (a, b), *others]:
            return first, a, b, others
        case [*_, -1.5]:
            return "tail"
        case _:
            return "other"


def technique(model, tokenizer):
    values = [None, 50, 3, True, "a", Edit(Site(2, Kind.MLP), 0.5), Edit(Site(1, Kind.ATTN))]
    values += [Point(0, 4), Point(5, 0), Point(1, 1), {"op": "add", "x": 1}, {"op": "del"}]
    values += [[1, (2, 3), 4, 5], (1, 2, -1.5), b"bytes", 2.5]
    return [show(v) for v in values]
