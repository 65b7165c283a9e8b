"""What a row of the tables says. Rows name things as text, so that reading them imports nothing.

`of` is a module ("torch.nn") or a class in one ("torch:Tensor"); `names` are separated by spaces.
Every row says why. A name that the installed version lacks is an error unless `optional`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Allow:
    """Members that may be read and called: of a module, or of a class's instances.

    pure: takes no callable, so its arguments need no look.
    adapted: a stand-in from `adapters/` is handed out in its place.
    makes: what it returns is a fresh function, made of its (judged) arguments.
    arrays: numpy's, handed out so that it takes no array of Python objects; see arrays.py.
    tensors: torch's, handed out so that what it takes for counts is bounded; see tensors.py.
    as_type: a class handed out for isinstance and annotations only; it cannot be called.
    caught: an exception's class, handed out to be caught; it cannot be called.
    """

    of: str
    names: str
    why: str
    pure: bool = False
    adapted: bool = False
    makes: bool = False
    arrays: bool = False
    tensors: bool = False
    as_type: bool = False
    caught: bool = False
    optional: bool = False


@dataclass(frozen=True)
class Written:
    """Members of a module that are written in the language of techniques, behind the wall.

    They need no trust: they may do what a technique may. `source` is a file of `written/`.
    """

    of: str
    names: str
    source: str
    why: str
    optional: bool = False


@dataclass(frozen=True)
class Field:
    """Names that live in an instance rather than in its class, and may be read."""

    of: str
    names: str
    why: str


@dataclass(frozen=True)
class Kind:
    """What instances of a class and of its subclasses in the libraries may be used for.

    held: they may be handed out as another object's public data.
    data: their own public data may be read, if each value is of a held kind.
    called: they may be called.
    makes: calling one returns a fresh function, made of its (judged) arguments.
    items: items may be set and deleted.
    keys: the same, under keys that are looked at: the library answers them as attributes.
    """

    of: str
    why: str
    held: bool = True
    data: bool = False
    called: bool = False
    makes: bool = False
    items: bool = False
    keys: bool = False


@dataclass(frozen=True)
class Wraps:
    """Names that a class does not have are read of the object that its instances wrap.

    `member` is where that object is. It is judged as if it had been read by itself.
    """

    of: str
    member: str
    why: str


@dataclass(frozen=True)
class Fields:
    """A class whose instances hand out what they hold by name, as attributes: `x.name`.

    Only names that the class does not have, and no special ones.
    """

    of: str
    why: str


@dataclass(frozen=True)
class Base:
    """A class that a technique's class may derive from."""

    of: str
    why: str


@dataclass(frozen=True)
class Overridable:
    """Private names of a real base that a technique's class may define, because it says so itself.

    Every other is refused: the base believes what it finds there.
    """

    of: str
    names: str
    why: str


@dataclass(frozen=True)
class Settable:
    """Attributes of real objects that may be set. `check` names a rule in guards/setting.py."""

    of: str
    names: str
    check: str
    why: str


@dataclass(frozen=True)
class Refused:
    """Members of a module or class that somebody looked at and decided against.

    The wall refuses them without this row, too: it records that they are known, and gives the
    reason that a caller reads after "refused: ".

    instead: what to write, shown as the hint.
    optional: some supported versions lack the names.
    """

    of: str
    names: str
    why: str
    instead: str = ""
    optional: bool = False


@dataclass(frozen=True)
class RefusedPattern:
    """Families of names, too many to list. `names` are shell patterns, matched in order."""

    of: str
    names: str
    why: str
    instead: str = ""


def words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


Row = Allow | Written | Field | Fields | Kind | Wraps | Base | Overridable | Settable
Refusal = Refused | RefusedPattern

PURE: Final = "pure arithmetic on its arguments"
