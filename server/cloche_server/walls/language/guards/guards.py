"""One call's guards, put together; and the one question they all share: whose is this object?"""

from __future__ import annotations

import types
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from ..adapters.methods import bind
from ..adapters.views import make_namespace
from ..arrays import inplace
from ..catalogue import Catalogue
from ..copies import LEAVES
from ..delegation import Delegate
from ..facades import Facade, make_type
from ..items import item
from ..names import MARK
from ..rewriting.sealing import SealedCode
from ..slots import dict_of, globals_of, mro_of
from .calls import CallGuard
from .classes import ClassGuard
from .fast import FastWays
from .matching import MatchGuard
from .reading import ReadGuard
from .setting import WriteGuard


class Guards:
    """Holds: the catalogue, one call's namespace. Never: anything of another call."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self.namespace: dict[str, Any] = {}
        self.facades: Mapping[str, Facade] = {}
        #: What a technique calls by a builtin's name.
        self.builtins: dict[str, Any] = {}
        #: The guards of imports, which are made of the facades.
        self.imports: dict[str, Callable[..., Any]] = {}
        self.mark = object()
        #: Functions that listed library code made out of judged ones (contextmanager, vmap, ...).
        self.adopted: dict[int, Any] = {}
        self.bind = self.adopt(bind)
        self.fast = FastWays(self)
        self.reading = ReadGuard(self)
        self.type_class = make_type(self.reading.hand_out_class)
        self.calls = CallGuard(self)
        self.writing = WriteGuard(self)
        self.classes = ClassGuard(self)
        self.matching = MatchGuard(self)

    def table(self) -> dict[str, Any]:
        """Guards by the names that rewritten code uses for them."""
        return {
            " read": self.reading.read,
            " namespace": make_namespace(self),
            " method": self.calls.method,
            " unbound": self.calls.unbound,
            " call": self.calls.call,
            " write": self.writing.write,
            " target": self.writing.target,
            " items": self.writing.items,
            " settable": self.writing.settable,
            " keyed": self.writing.keyed,
            " item": item,
            " delegate": self.delegate,
            " leaves": LEAVES,
            " scalars": LEAVES - {slice},
            " inplace": inplace,
            " type": type,
            " ndarray": np.ndarray,
            " slice": slice,
            " match_sequence": self.matching.sequence,
            " match_mapping": self.matching.mapping,
            " match_size": self.matching.size,
            " match_class": self.matching.match_class,
            " build_class": self.classes.build_class,
            **self.imports,
        }

    def run(self, sealed: SealedCode, found: dict[str, Any] | None = None) -> None:
        """Runs a technique's code, with these guards in it.

        Args:
            found: where the code's own top level binds; else in the call's namespace.
        """
        table = self.table()

        def guard(name: str) -> Any:
            return table[name] if name in table else self.fast.constant(name)

        bound = self.namespace if found is None else found
        exec(sealed.bind(guard), self.namespace, bound)  # noqa: S102  # rewritten and sealed

    def is_own_class(self, cls: type) -> bool:
        """Whether the technique defined the class. Also true while it is being made."""
        return dict_of(cls).get(MARK) is self.mark

    def is_own_function(self, value: object) -> bool:
        return type(value) is types.FunctionType and globals_of(value) is self.namespace

    def has_real_base(self, cls: type) -> bool:
        return any(each is not object and not self.is_own_class(each) for each in mro_of(cls))

    def delegate(self, value: Any) -> Any:
        """The guard of `yield from value`."""
        iterator = iter(value)
        own = self.is_own_class(type(iterator))
        return Delegate(iterator, self.calls.method) if own else iterator

    def adopt(self, value: Any) -> Any:
        """Lets a freshly made function be called as if the technique had written it."""
        self.adopted[id(value)] = value
        return value
