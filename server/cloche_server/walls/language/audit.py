"""Which names of the installed libraries nobody has looked at yet.

Every name that a technique could spell after an importable module or a real object is either
allowed by a row, or refused by a row of tables/refused/, or falls under one of the rules below,
which the guards keep without a list. `python -m cloche_server.walls.language.audit` prints what is
left: what a new release added, for somebody to read and to enter in a table.
"""

from __future__ import annotations

import fnmatch
import importlib
import sys
import types
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from .adapters import ADAPTERS
from .catalogue import Catalogue, resolve
from .diagnostics import AccessRefused
from .guards import Guards
from .slots import class_name, dict_of, is_class, mro_of, owner_of
from .tables.modules import IMPORTABLE, ROWS
from .tables.refused import REFUSALS
from .tables.rows import Refusal, Refused, RefusedPattern, Row, words

#: What the guards refuse by rule, so that no table lists it.
RULES: Final[Mapping[str, str]] = {
    "underscore": "a name that begins with an underscore needs a row that allows it",
    "module": "a module is handed out only if it has rows of its own",
    "elsewhere": "what a module imported from another library is not the module's",
    "helper": "a name outside the `__all__` of a module of the standard library is not public",
}
#: Classes without rows whose instances a technique meets.
_MET: Final = words(
    """
transformers.cache_utils:DynamicLayer transformers.cache_utils:DynamicSlidingWindowLayer
transformers.generation.utils:GenerateDecoderOnlyOutput
transformers.generation.utils:GenerateBeamDecoderOnlyOutput
transformers.modeling_outputs:BaseModelOutputWithPast
transformers.modeling_outputs:CausalLMOutputWithPast torch:layout torch:memory_format numpy:flatiter
"""
)


@dataclass(frozen=True)
class Name:
    """A member of a module ("torch.load") or of a class ("torch:Tensor.data_ptr")."""

    of: str
    name: str

    def __str__(self) -> str:
        return f"{self.of}.{self.name}"


def unclassified(catalogue: Catalogue, rows: Iterable[Row] = ROWS) -> list[Name]:
    """What neither a row nor a rule speaks of; `rows` are those that the catalogue was made of."""
    found = {*_of_modules(catalogue), *_of_classes(catalogue, rows)}
    return sorted(found, key=str)


def contradictions(catalogue: Catalogue, refusals: Iterable[Refusal] | None = None) -> list[Name]:
    """What one row allows and another refuses."""
    reading = guards_for(catalogue).reading
    found = []
    for row in REFUSALS if refusals is None else refusals:
        if isinstance(row, RefusedPattern):
            continue
        for name in row.names.split():
            if ":" not in row.of:
                allowed = name in _members(catalogue, row.of)
            else:
                cls = _class_of(row.of)
                # A name that the class lacks may be data of an instance.
                allowed = (
                    cls is not None
                    and owner_of(mro_of(cls), name)[0] >= 0
                    and _is_read(reading, cls, name)
                )
            if allowed:
                found.append(Name(row.of, name))
    return found


def stale(catalogue: Catalogue) -> list[Name]:
    """Rows that refuse, and are not optional, but name nothing in the installed versions."""
    found = []
    for row in REFUSALS:
        if isinstance(row, Refused) and row.optional:
            continue
        if ":" in row.of:
            known = {key for each in mro_of(resolve(row.of)) for key in dict_of(each)}
        else:
            known = set(dir(importlib.import_module(row.of)))
        patterns = isinstance(row, RefusedPattern)
        found += [
            Name(row.of, name)
            for name in row.names.split()
            if not (fnmatch.filter(known, name) if patterns else name in known)
        ]
    return found


def _class_of(path: str) -> type | None:
    """None for a class of another version: its row is optional."""
    try:
        cls: type = resolve(path)
    except (ImportError, AttributeError):
        return None
    return cls


def guards_for(catalogue: Catalogue) -> Guards:
    """Returns guards that decide as in a call, without one."""
    guards = Guards(catalogue)
    guards.reading.adapters.update({key: make(guards) for key, make in ADAPTERS.items()})
    return guards


def _members(catalogue: Catalogue, module: str) -> set[str]:
    adapted = {name for of, name in (*catalogue.adapted, *catalogue.written) if of == module}
    return adapted.union(catalogue.modules.get(module, ()))


def _of_modules(catalogue: Catalogue) -> Iterator[Name]:
    for of in IMPORTABLE:
        if of == "cloche":
            continue
        module = importlib.import_module(of)
        allowed = _members(catalogue, of)
        for name in dir(module):
            known = name in allowed or catalogue.refusal_of((of,), name) is not None
            if not known and not falls_under_rule(module, name):
                yield Name(of, name)


def falls_under_rule(module: types.ModuleType, name: str) -> bool:
    if name.startswith("_"):
        return True
    library = module.__name__.partition(".")[0]
    of_python = library in sys.stdlib_module_names
    if of_python and library != "builtins" and name not in getattr(module, "__all__", (name,)):
        return True
    value = getattr(module, name)
    if isinstance(value, types.ModuleType):
        return True
    origin = getattr(value, "__module__", None)
    # A constant has its class's module, and many a function of C none.
    root = origin.partition(".")[0] if type(origin) is str else library
    return not of_python and root not in (library, "builtins")


def _of_classes(catalogue: Catalogue, rows: Iterable[Row]) -> Iterator[Name]:
    reading = guards_for(catalogue).reading
    for cls in _classes(catalogue, rows):
        mro = mro_of(cls)
        for name in sorted({key for each in mro for key in dict_of(each)}):
            index, _ = owner_of(mro, name)
            owner = mro[index]
            if name.startswith("_") or owner is object or _is_read(reading, cls, name):
                continue
            if catalogue.refusal_of(mro[index:], name) is None:
                yield Name(_path(owner), name)
        yield from _of_metaclass(catalogue, reading, cls)


def _of_metaclass(catalogue: Catalogue, reading: Any, cls: type) -> Iterator[Name]:
    meta = mro_of(type(cls))
    for name in sorted({key for each in meta for key in dict_of(each)}):
        if name.startswith("_") or owner_of(mro_of(cls), name)[0] >= 0:
            continue
        if catalogue.refusal_of(meta, name) is None:
            try:
                reading.read_class(cls, name)
            except AccessRefused:
                yield Name(_path(meta[owner_of(meta, name)[0]]), name)


def _is_read(reading: Any, cls: type, name: str) -> bool:
    try:
        reading.decide(cls, name)
    except AccessRefused:
        return False
    return True


def _classes(catalogue: Catalogue, rows: Iterable[Row]) -> list[type]:
    named = (_class_of(row.of) for row in rows if ":" in row.of)
    met = (resolve(each) for each in _MET)
    found = {*named, *met, *catalogue.classes.values(), *catalogue.bases.values()}
    return sorted((each for each in found if each is not None and is_class(each)), key=_path)


def _path(cls: type) -> str:
    return f"{cls.__module__}:{class_name(cls)}"


def main() -> int:
    from .wall import LanguageWall

    names = unclassified(LanguageWall.build().catalogue)
    for name in names:
        print(name)
    print(f"{len(names)} unclassified")
    return 1 if names else 0


if __name__ == "__main__":
    sys.exit(main())
