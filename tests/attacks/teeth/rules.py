"""Every rule of the language wall, found in the running wall, and how each is removed.

Rules that are pieces of code come from `sites.py`. The others are things:

    visitor visit_X         rewrites or refuses one kind of syntax
    adapter module.name     stands in for what may not be handed out as it is
    hardened X              replaces a library's own function
    missing Class           makes the names that C code looks for missing in a class
    list NAME               a list of what is allowed, or of what needs no look
    absent table: names     names that the reasons in a table's docstring keep out
    special name __x__      a name that neither a source nor a class may use
    builtins ...            what a technique has of Python's builtins, and how its code finds it

Removing a rule changes the process that it is removed in: only for a fork that is thrown away.
"""

from __future__ import annotations

import ast
import builtins
import copyreg
import importlib
import inspect
import re
import sys
import textwrap
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from types import FunctionType, MethodType, ModuleType
from typing import Any

from cloche_server.walls.language import LanguageWall, hardening, kernels, names, tables
from cloche_server.walls.language.adapters import ADAPTERS
from cloche_server.walls.language.catalogue import build_catalogue, resolve
from cloche_server.walls.language.rewriting import TechniqueTransformer, attributes
from cloche_server.walls.language.rewriting.nodes import load
from cloche_server.walls.language.tables import modules
from cloche_server.walls.language.tables.refused import REFUSALS
from cloche_server.walls.language.tables.rows import Row

from tests.attacks.teeth.exchange import LiveFunctions, exchange, rebind
from tests.attacks.teeth.sites import Site, find_sites, policy_modules

#: What takes a rule's place: code for a site, what is added to a list, rows for an absence.
Instead = Any


@dataclass(frozen=True)
class Bench:
    """The wall and everything that is needed to take it apart."""

    wall: LanguageWall
    sites: Mapping[str, Site]
    live: LiveFunctions
    things: Mapping[str, Callable[[Bench, Instead], None]]
    #: Rows that were added to the tables.
    rows: list[Row] = field(default_factory=list)

    @classmethod
    def make(cls, wall: LanguageWall) -> Bench:
        files = [str(module.__file__) for module in policy_modules()]
        things: dict[str, Callable[[Bench, Instead], None]] = {}
        things[NAMELESS] = _name_builtins
        things[UNIMPORTED] = _import_really
        things[CONSTANT] = _look_builtins_up
        for find in (_visitors, _adapters, _hardened, _missing, _lists, _absences, _special_names):
            things.update(find())
        return cls(wall, find_sites(), LiveFunctions.collect(files), things)

    @property
    def rules(self) -> frozenset[str]:
        return frozenset(self.sites) | frozenset(self.things)

    def remove(self, removals: Iterable[tuple[str, Instead]]) -> None:
        """Removes each rule, with what takes its place."""
        changes: list[tuple[Site, str]] = []
        for rule, instead in removals:
            if rule in self.things:
                self.things[rule](self, instead)
            elif rule.startswith("absent "):
                add_rows(self, instead)
            else:
                site = self.sites[rule]
                changes.append((site, site.instead if instead is None else instead))
        exchange(changes, self.live)
        _build_again(self)


#: What no table lists cannot be called; but neither has it a name.
NAMELESS = "nameless builtins"


#: What imports, to C code that asks the builtins of a technique's frame, finds nothing.
UNIMPORTED = "builtins that import nothing"
#: A builtin that a source calls by name stands in its code: nothing is looked up.
CONSTANT = "builtins as constants"


def _name_builtins(bench: Bench, instead: Instead) -> None:
    """All of Python's builtins have their names; the guards know no more of them than before."""
    _add_builtins(bench, lambda theirs: {k: v for k, v in _PYTHONS.items() if k not in theirs})


def _import_really(bench: Bench, instead: Instead) -> None:
    _add_builtins(bench, lambda theirs: {"__import__": builtins.__import__})


_PYTHONS = vars(builtins)


def _add_builtins(bench: Bench, added: Callable[[Any], dict[str, Any]]) -> None:
    make = bench.wall.namespace

    def namespace(**sinks: Any) -> dict[str, object]:
        made = make(**sinks)
        theirs: Any = made["__builtins__"]
        theirs.update(added(theirs))
        return made

    bench.wall.namespace = namespace  # type: ignore[method-assign]


def _look_builtins_up(bench: Bench, instead: Instead) -> None:
    make = attributes.table

    def table(kind: str, name: str) -> ast.Name:
        return load(name) if kind == "builtin" else make(kind, name)

    attributes.table = table


Things = Iterable[tuple[str, Callable[[Bench, Instead], None]]]


def _visitors() -> Things:
    for name in dir(TechniqueTransformer):
        visitor: Any = getattr(TechniqueTransformer, name)
        ours = (getattr(visitor, "__module__", "") or "").startswith("cloche_server.walls.language")
        if name.startswith("visit_") and ours and not _passes_everything(visitor):
            yield f"visitor {name}", _remove_visitor(name)


#: Bodies of visitors that only visit what is inside.
_ONLY_VISITS = (
    "return self.node_contents_visit(node)",
    "visited: ast.AST = self.node_contents_visit(node)\nreturn visited",
    "return self._statement(node)",
)


def _passes_everything(visitor: Any) -> bool:
    """A visitor that only visits what is inside admits syntax; it is no rule."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(visitor))).body[0]
    assert isinstance(tree, ast.FunctionDef)
    return "\n".join(ast.unparse(each) for each in tree.body) in _ONLY_VISITS


def _remove_visitor(name: str) -> Callable[[Bench, Instead], None]:
    def remove(bench: Bench, instead: Instead) -> None:
        setattr(TechniqueTransformer, name, instead or _only_inside)

    return remove


def _only_inside(self: Any, node: Any) -> Any:
    return self.node_contents_visit(node)


def _adapters() -> Things:
    for name in ADAPTERS:
        yield f"adapter {name}", _remove_adapter(name)


def _remove_adapter(name: str) -> Callable[[Bench, Instead], None]:
    def remove(bench: Bench, instead: Instead) -> None:
        real = resolve(name if ":" in name else ":".join(name.rsplit(".", 1)))
        ADAPTERS[name] = lambda guards: real

    return remove


def _hardened() -> Things:
    yield "hardened copyreg.MethodType", _forget_reducer(MethodType)
    for holder, name, original in kernels._replaced:
        yield f"hardened {_label(holder)}.{name}", _put_back(holder, name, original)
    holders = {
        cls
        for module in list(sys.modules.values())
        if module.__name__.startswith(("torch.nn.modules.module", "transformers", "enum"))
        for cls in list(vars(module).values())
        if isinstance(cls, type)
    }
    for cls in holders:
        for name, value in list(vars(cls).items()):
            if any((cls, name) == each[:2] for each in kernels._replaced):
                continue
            if isinstance(value, FunctionType) and hasattr(value, "hardened"):
                original = inspect.getclosurevars(value).nonlocals["original"]
                yield f"hardened {cls.__name__}.{name}", _put_back(cls, name, original)


def _forget_reducer(cls: type) -> Callable[[Bench, Instead], None]:
    return lambda bench, instead: copyreg.dispatch_table.pop(cls) and None


def _label(holder: Any) -> str:
    return str(getattr(holder, "__name__", holder))


def _put_back(holder: Any, name: str, original: Any) -> Callable[[Bench, Instead], None]:
    return lambda bench, instead: kernels.put_back(holder, name, original)


def _missing() -> Things:
    holders = {
        cls
        for module in list(sys.modules.values())
        if module.__name__.startswith("transformers")
        for cls in list(vars(module).values())
        # Other libraries' classes, such as pictures, may have one of their own.
        if isinstance(cls, type) and cls.__module__.startswith("transformers")
        if "__array_interface__" in vars(cls)
    }
    for cls in holders:
        yield f"missing {cls.__name__}", _make_present([cls], hardening.C_PROTOCOLS)
    for name in hardening.C_PROTOCOLS:
        yield f"missing {name}", _make_present(holders, [name])


def _make_present(
    classes: Iterable[type], names: Iterable[str]
) -> Callable[[Bench, Instead], None]:
    def remove(bench: Bench, instead: Instead) -> None:
        for cls in classes:
            for name in names:
                if isinstance(vars(cls).get(name), property):
                    delattr(cls, name)

    return remove


_CONSTANT = re.compile(r"_?[A-Z][A-Z_0-9]+$")
#: Words for refusals and pages, and what other rules are made of.
_NO_LISTS = re.compile(
    r".*_HINTS|CHECK_TEXT|ADAPTERS|(ALL_)?ROWS|_BASES|_DECORATORS|_LATE_IMPORTS.*|_UNNAMED"
    r"|_NOTES|_AREAS"
)


def _lists() -> Things:
    seen: set[int] = set()
    for module in (names, *policy_modules()):
        for name, value in list(vars(module).items()):
            plain = isinstance(value, (frozenset, tuple, dict)) and id(value) not in seen
            if plain and _CONSTANT.match(name) and not _NO_LISTS.fullmatch(name):
                seen.add(id(value))
                yield f"list {name}", _change_list(value)


def _change_list(old: Any) -> Callable[[Bench, Instead], None]:
    def remove(bench: Bench, instead: Instead) -> None:
        """`instead`: what is added, or a function of the list."""
        new = instead(old) if callable(instead) else type(old)((*old, *instead))
        rebind(old, new)
        reserved = bench.wall.catalogue.reserved
        reserved.update({cls: new for cls, kept in reserved.items() if kept is old})

    return remove


def _special_names() -> Things:
    for name in names.ATTRIBUTE_HINTS:
        yield f"special name {name}", _make_ordinary(name)


def _make_ordinary(name: str) -> Callable[[Bench, Instead], None]:
    def remove(bench: Bench, instead: Instead) -> None:
        """The name may be written, read and defined."""
        for each in ("DEFINABLE_METHODS", "READABLE", "BINDABLE", "LOADABLE"):
            old = getattr(names, each)
            rebind(old, old | {name})

    return remove


def _absences() -> Things:
    for table, holders in _tables():
        for name in absent_names(table, holders):
            yield f"absent {table.__name__.rpartition('.')[2]}: {name}", add_rows
    for name in modules.IMPORT_HINTS:
        if _importable(name):
            yield f"absent import: {name}", add_rows


def _tables() -> Iterable[tuple[ModuleType, tuple[Any, ...]]]:
    """The tables whose docstrings name what is absent, and where such names are looked up."""
    import numpy
    import torch
    import transformers
    from cloche_server.walls.language.tables import (
        builtin_types,
        torch_nn,
        torch_tensor,
    )

    yield tables.builtins, (builtins,)
    yield builtin_types, (object, FunctionType)
    yield tables.numpy, (numpy, numpy.ndarray)
    yield tables.torch, (torch,)
    yield torch_nn, (torch.nn, torch.nn.Module)
    yield torch_tensor, (torch.Tensor,)
    yield tables.transformers, (transformers, transformers.PreTrainedModel)


def absent_names(table: ModuleType, holders: tuple[Any, ...]) -> tuple[str, ...]:
    """The words of a docstring's list of absences that name something in the libraries."""
    text = (table.__doc__ or "").partition("Absent")[2].partition("\n\n")[0]
    words = dict.fromkeys(re.findall(r"[A-Za-z_][\w.]*\w", text))
    return tuple(word for word in words if any(_has(holder, word) for holder in holders))


def _has(holder: Any, path: str) -> bool:
    for name in path.split("."):
        try:
            # Whether another test imported a part of a package before does not decide.
            if isinstance(holder, ModuleType) and not hasattr(holder, name):
                importlib.import_module(f"{holder.__name__}.{name}")
            holder = getattr(holder, name)
        except (AttributeError, ImportError):
            return False
    return True


def _importable(name: str) -> bool:
    module, _, member = name.partition(".")
    if module in ("transformer_lens", "matplotlib", "pandas", "sklearn", "scipy", "datasets"):
        return False  # a caller's own libraries
    try:
        found = importlib.import_module(module)
    except ImportError:
        return False
    return not member or hasattr(found, member)


def add_rows(bench: Bench, rows: tuple[Row, ...]) -> None:
    """Lists more than the tables do."""
    bench.rows.extend(rows)
    for row in rows:
        if ":" not in row.of and row.of != "builtins":
            modules._MEMBERS.setdefault(row.of, set()).update(row.names.split())
    importable = tuple(sorted(modules._MEMBERS))
    rebind(modules.IMPORTABLE, importable)
    bench.wall.importable_modules = importable


def _build_again(bench: Bench) -> None:
    """The catalogue holds what it found when it was built."""
    kept = bench.wall.catalogue
    fresh = build_catalogue((*modules.ROWS, *bench.rows), REFUSALS)
    fresh.reserved.update(kept.reserved)
    bench.wall.catalogue = fresh
