"""Bugs of CPython by which plain code reads, writes or frees memory that it must not. Data.

Read for them: the notes of 3.11.9 in part, crashes in the tracker since 3.11, and what is known of
both; not every note of every release, so the list is not complete. A row stands here if what it
needs can be written by a technique at all; what only classes or modules can reach that no row
lists is not here. Each says what closes it, on every Python that the server runs on: nothing asks
the release.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Bug:
    """`issue`: its number in CPython's tracker. `fixed`: the first releases without it."""

    issue: int
    what: str
    fixed: tuple[str, ...]
    closed_by: str


BUGS: Final = (
    Bug(
        115618,
        "property().getter(None), setter and deleter let go of None once too often",
        ("3.11.9", "3.12.3"),
        "adapter builtins:property.getter, setter, deleter: a property made anew",
    ),
    Bug(
        115243,
        "deque.index goes on with an item that its comparison has freed",
        ("3.11.9", "3.12.3"),
        "adapter collections:deque.index: looks in a copy",
    ),
    Bug(
        120298,
        "comparing lists goes on with items that a comparison has freed",
        ("3.12.5",),
        "interpreter.py: orderings that hold what they compare, or the server does not start",
    ),
    Bug(
        120384,
        "a list's slice with a step is measured before what it is set to is gone over",
        ("3.12.5",),
        "items.ListItems: gone over first; adapter builtins:list.__setitem__",
    ),
    Bug(
        123378,
        "the text of a UnicodeError reads memory at the position that it was made with",
        ("3.12.8", "3.13.1"),
        "rows marked `caught`: nobody makes one; adapter types:GeneratorType.throw, nor has one"
        " made",
    ),
    Bug(
        133767,
        "decoding unicode_escape with a handler of errors reads a buffer that was freed",
        ("3.11.13", "3.12.11", "3.13.4"),
        "hardening: the codec takes no handler of errors",
    ),
    Bug(
        101180,
        "iso2022_jp_3 and iso2022_jp_2004 read outside their tables",
        ("3.11.10", "3.12.4"),
        "hardening: the codecs of ISO 2022 are not there",
    ),
    Bug(
        142732,
        "islice, zip_longest and batched go on with an iterator that was let go",
        (),
        "adapters of itertools: generators, which refuse to be asked while they run",
    ),
    Bug(
        143004,
        "Counter's counting goes on with a count that its own addition took out",
        (),
        "hardening: counted in Python",
    ),
    Bug(
        119004,
        "OrderedDict goes on with nodes that a key's comparison has freed",
        ("3.12.4",),
        "adapters collections.OrderedDict and typing.OrderedDict: made of a dict",
    ),
    Bug(
        142557,
        "bytearray goes on with a buffer that formatting has changed",
        (),
        "bytearray is not listed",
    ),
    Bug(
        130555,
        "clearing an object's dict goes on with values that it has freed",
        ("3.13.13",),
        "vars() gives a copy, and `__dict__` is no name that may be read",
    ),
)
