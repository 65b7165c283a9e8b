"""Mends what C code of an old CPython does wrong, where no guard can stand in between.

One bug is known. The last items that `[a] < [b]` compares are borrowed from the lists: an item's
`__lt__` may empty both, and the comparison goes on with freed objects (CPython issue 120298, fixed
in 3.12.5 and 3.13). Sorting, `min`, `heapq` and tuples of lists all come there, so it is fixed in
the class itself: the orderings of `list` compare copies, which hold every item until they are done.
"""

from __future__ import annotations

import ctypes
import gc
import sys
from collections.abc import Iterator
from typing import Any, Final

_ORDERINGS: Final = ("__lt__", "__le__", "__gt__", "__ge__")
#: The word of a slot wrapper that points to its function in C (CPython's `d_wrapped`).
_WRAPPED: Final = 6
_ELSE: Final = f"this is Python {sys.version.split()[0]}, run 3.13 or 3.12.5 and later"


class InterpreterError(RuntimeError):
    """This interpreter has a bug that breaks the wall, and it could not be fixed."""


def patch_interpreter() -> None:
    """Replaces the orderings of `list` where they borrow items. Idempotent.

    Raises:
        InterpreterError: they still borrow them.
    """
    if not borrows_items():
        return
    _let_python_order(list)
    _set_orderings({name: _holding(vars(list)[name]) for name in _ORDERINGS})
    if borrows_items():
        raise InterpreterError(
            f"lists still compare what may be freed (CPython issue 120298); {_ELSE}"
        )


def restore_interpreter() -> None:
    """Puts back what was replaced: for tests that show what the interpreter does by itself."""
    orderings = {name: getattr(vars(list)[name], "__wrapped__", None) for name in _ORDERINGS}
    if all(orderings.values()):
        _set_orderings(orderings)


def borrows_items() -> bool:
    """Whether comparing two lists holds no reference to the items that it compares last."""
    seen = []

    class Counted:
        def __lt__(self, other: object) -> bool:
            seen.append((sys.getrefcount(self), sys.getrefcount(other)))
            return True

    left, right = Counted(), Counted()
    lists = [left], [right]
    # The interpreter holds what it compares; so must a list, beside its own references.
    left < right  # noqa: B015
    lists[0] < lists[1]  # noqa: B015
    by_themselves, in_lists = seen
    return in_lists < by_themselves


def _holding(original: Any) -> Any:
    copy = list.copy

    def compare(self: Any, other: Any, /) -> Any:
        if isinstance(other, list):
            other = copy(other)
        return original(copy(self), other)

    compare.__name__ = compare.__qualname__ = original.__name__
    compare.__wrapped__ = original  # type: ignore[attr-defined]
    return compare


def _set_orderings(orderings: dict[str, Any]) -> None:
    """What `setattr` would do, were `list` a class of Python."""
    (members,) = gc.get_referents(vars(list))
    members.update(orderings)
    ctypes.pythonapi.PyType_Modified(ctypes.py_object(list))


def _let_python_order(cls: type) -> None:
    """Has `cls` and what is derived from it look for their orderings by name, not in C."""

    class InPython:
        def __lt__(self, other: object) -> bool:
            return NotImplemented

    # Where classes keep the function, seen in one that nobody changes.
    places = [i for i, word in enumerate(_words(tuple)) if word == _in_c(tuple)]
    if len(places) != 1 or _words(cls)[places[0]] not in (_in_c(cls), _words(InPython)[places[0]]):
        raise InterpreterError(f"the class `{cls.__name__}` is not laid out as expected; {_ELSE}")
    for each in _with_derived(cls):
        if _words(each)[places[0]] == _in_c(cls):
            _words(each)[places[0]] = _words(InPython)[places[0]]


def _in_c(cls: type) -> int:
    ordering = vars(cls)["__lt__"]
    return _words(getattr(ordering, "__wrapped__", ordering))[_WRAPPED]


def _with_derived(cls: type) -> Iterator[type]:
    yield cls
    derived: list[type] = type.__subclasses__(cls)
    for each in derived:
        yield from _with_derived(each)


def _words(obj: object) -> ctypes.Array[ctypes.c_size_t]:
    """The memory of an object, without what follows its fixed part."""
    size = type(obj).__basicsize__ // ctypes.sizeof(ctypes.c_size_t)
    return (ctypes.c_size_t * size).from_address(id(obj))
