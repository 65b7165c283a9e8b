"""The language wall: built once before any fork, then a fresh namespace for each call.

Holds: the tables, resolved. Never: a technique's objects. Ends: with the process.
"""

from __future__ import annotations

import contextlib
import importlib
import sys
import types
from collections.abc import Callable
from typing import Any, Final

from .adapters import ADAPTERS
from .adapters.registry import Adapter
from .catalogue import Catalogue, TableError, build_catalogue, resolve
from .diagnostics import AccessRefused
from .facades import Facade
from .guards import Guards
from .hardening import harden
from .library import Library, Source, compile_all
from .rewriting.sealing import ENTER, SealedCode
from .tables import peft
from .tables.admitted import PACKAGES, STAND_INS
from .tables.modules import IMPORTABLE, ROWS, admit, import_refusal, importable
from .tables.refused import REFUSALS
from .tools import Outlets, Streams, make_tools

Write = Callable[[str], None]
Progress = Callable[[float, float | None, str], None]

#: Modules that libraries import on first use; a sandbox has no files to import from.
_LATE_IMPORTS = (
    *("torch._dynamo", "torch.func", "torch.distributions", "torch.optim.lr_scheduler"),
    *("einops._torch_specific", "transformers.generation.utils", "_strptime", "numpy.random"),
    *("encodings.idna", "numpy.fft", "torch.fft", "torch.special", "unicodedata"),
)
#: The same, in some versions only.
_LATE_IMPORTS_IF_ANY = (
    *("torch.profiler._cupti_monitor", "torch._decomp.decompositions_for_jvp"),
    *("torch._subclasses.schema_check_mode", "numpy._core.arrayprint", "numpy._core._methods"),
    *("numpy.ma", "_pylong"),
)
#: Packages whose modules C code may ask for on first use, if they are there.
_ASKED_FOR: Final = frozenset(
    each.partition(".")[0]
    for each in (*IMPORTABLE, *_LATE_IMPORTS, *_LATE_IMPORTS_IF_ANY, "copyreg", "warnings")
)
MODULE_NAME = "technique"


class LanguageWall:
    importable_modules: tuple[str, ...]

    def __init__(
        self, catalogue: Catalogue, admitted: dict[tuple[str, str], Adapter] | None = None
    ) -> None:
        self.catalogue = catalogue
        self.importable_modules = importable() if admitted else IMPORTABLE
        self._admitted = admitted or {}

    @classmethod
    def build(
        cls, *, adapters: bool = False, strict: bool = True, libraries: tuple[str, ...] = ()
    ) -> LanguageWall:
        """Imports everything techniques may touch.

        Args:
            adapters: the model has adapters, so peft's classes are met.
            strict: see `build_catalogue`.
            libraries: those of tables/admitted.py that the operator admits.

        Raises:
            TableError: a library that is admitted is not installed, or a row does not fit what is.
        """
        for name in _LATE_IMPORTS:
            importlib.import_module(name)
        for name in _LATE_IMPORTS_IF_ANY:
            with contextlib.suppress(ImportError):
                importlib.import_module(name)
        harden()
        admitted = _admitted(libraries)
        outside = STAND_INS if admitted else ()
        if adapters:
            catalogue = build_catalogue(
                (*peft.ALL_ROWS, *outside), peft.ALL_REFUSALS, strict=strict
            )
        else:
            catalogue = build_catalogue((*ROWS, *outside), REFUSALS, strict=strict)
        if adapters:
            catalogue.reserved.update(
                {resolve(path): frozenset(names.split()) for path, names in peft.RESERVED.items()}
            )
        compile_all(catalogue.written)
        return cls(catalogue, admitted)

    def namespace(
        self, *, write: Write, progress: Progress, outlets: Outlets | None = None
    ) -> dict[str, object]:
        """Fresh globals for one call. `print` goes to `write`, `progress` to `progress`.

        Args:
            outlets: where records, warnings and what is printed to stderr go; else to `write`.
        """
        guards = Guards(self.catalogue)
        outlets = outlets or Outlets.all_to(write)
        streams = Streams(guards, write, outlets.write_error)
        adapters = {key: _named(make(guards)) for key, make in ADAPTERS.items()}
        outside = {key: make(guards) for key, make in self._admitted.items()}
        for adapter in (*adapters.values(), *outside.values()):
            guards.adopt(adapter)
        guards.reading.adapters.update(adapters)
        report = guards.adopt(_make_progress(progress))
        facades = self._facades(adapters, outside)
        facades["cloche"] = Facade("cloche", {"progress": report})
        tools = make_tools(guards, outlets, streams)
        builtins = dict(facades.pop("builtins").members)
        library = Library(facades, self.catalogue.written, lambda each: _run(guards, tools, each))
        guards.facades = library
        guards.imports = {
            " import": _make_import(library),
            " import_from": _make_import_from(guards, library),
        }
        builtins.update(
            {
                "print": guards.adopt(_named(_make_print(streams))),
                "progress": report,
                "type": guards.type_class,
                "__name__": MODULE_NAME,
                # C code that imports on first use asks the builtins of the running frame.
                "__import__": import_nothing,
            }
        )
        guards.builtins = dict(builtins)

        builtins[ENTER] = Entry(guards, builtins)
        guards.namespace.update({"__builtins__": builtins, "__name__": MODULE_NAME})
        return guards.namespace

    def _facades(
        self,
        adapters: dict[str, Callable[..., Any]],
        outside: dict[tuple[str, str], Callable[..., Any]],
    ) -> dict[str, Facade]:
        members = {name: dict(values) for name, values in self.catalogue.modules.items()}
        for (module, name), key in self.catalogue.adapted.items():
            members.setdefault(module, {})[name] = adapters[key]
        for (module, name), stand_in in outside.items():
            members.setdefault(module, {})[name] = stand_in
        for name in self.importable_modules:
            members.setdefault(name, {})
        facades = {name: Facade(name, values) for name, values in members.items()}
        for name, facade in facades.items():
            parent, _, child = name.rpartition(".")
            if parent in facades:
                facades[parent].members[child] = facade
        return facades


class Entry:
    """Runs a technique's code, and is gone: no name is left that leads to a guard."""

    def __init__(self, guards: Guards, builtins: dict[str, object]) -> None:
        self.guards = guards
        self._builtins = builtins

    def __call__(self, sealed: SealedCode) -> None:
        del self._builtins[ENTER]
        self.guards.run(sealed)

    def readmit(self) -> None:
        """Lets one more program of the same technique's session in."""
        namespace = self.guards.namespace
        # Nothing that an earlier program may have bound stands before what is looked up here.
        namespace.pop(ENTER, None)
        namespace["__builtins__"] = self._builtins
        self._builtins[ENTER] = self


def reopening(namespace: dict[str, Any]) -> Callable[[], None]:
    """What readmits programs to a namespace, taken before the first of them has run in it."""
    entry: Entry = namespace["__builtins__"][ENTER]
    return entry.readmit


def _admitted(libraries: tuple[str, ...]) -> dict[tuple[str, str], Adapter]:
    """What stands in for the names of each library, which is imported whole: it has files now."""
    found: dict[tuple[str, str], Adapter] = {}
    for library in libraries:
        try:
            importlib.import_module(library)
        except ImportError as error:
            package = PACKAGES.get(library, library)
            raise TableError(
                f"{library} is admitted and not installed: pip install {package}"
            ) from error
        from .admitted import adapters_of

        found.update(adapters_of(library))
    admit(libraries)
    return found


def import_nothing(name: str, *where: object) -> None:
    """`__import__` of a technique's builtins: for C code, which asks for what is there already.

    It finds the module itself, whatever the answer is: here nobody is given anything.

    Raises:
        ImportError: nothing on the list, or not there.
    """
    if type(name) is str and name.partition(".")[0] in _ASKED_FOR and name in sys.modules:
        return
    raise ImportError(f"import of {name!r} refused")


def _named(adapter: Callable[..., Any]) -> Callable[..., Any]:
    """So that an error about its arguments names what it stands in for, not where it was made."""
    if isinstance(adapter, types.FunctionType):
        adapter.__qualname__ = adapter.__name__
    return adapter


def _run(guards: Guards, tools: dict[str, Any], source: Source) -> dict[str, Any]:
    """What a source of `written/` defines, by name."""
    found: dict[str, Any] = {}
    guards.run(source.sealed, found)
    known = {**guards.builtins, **tools}
    made: dict[str, Any] = found["provide"](*[known[each] for each in source.parameters])
    return made


def _make_import(facades: Library) -> Callable[[str], Facade]:
    def import_module(name: str) -> Facade:
        if name not in facades:
            message, hint = import_refusal(name)
            raise AccessRefused(message, hint=hint, code="import-refused")
        return facades[name]

    return import_module


def _make_import_from(guards: Guards, facades: Library) -> Callable[[str, str], Any]:
    load = _make_import(facades)

    def import_from(module: str, name: str) -> Any:
        facade = load(module)
        if name not in facade.members:
            message, hint = import_refusal(f"{module}.{name}")
            raise AccessRefused(message, hint=hint, code="import-refused")
        return guards.reading.read(facade, name)

    return import_from


def _make_print(streams: Streams) -> Callable[..., None]:
    def print(  # noqa: A001
        *values: object, sep: str | None = " ", end: str | None = "\n", file: object = None,
        flush: bool = False,
    ) -> None:  # fmt: skip
        for option in (sep, end):
            if type(option) not in (str, type(None)):
                raise TypeError("sep and end must be None or a string")
        text = (" " if sep is None else sep).join([_text(each) for each in values])
        streams.print(text + ("\n" if end is None else end), file)

    return print


def _text(value: object) -> str:
    # A subclass of str would carry its own methods to the writer.
    return str.__str__(str(value))


def _make_progress(report: Progress) -> Callable[..., None]:
    def progress(done: float, total: float | None = None, note: str = "") -> None:
        if type(note) is not str:
            raise TypeError("progress(note=...) must be a str")
        report(float(done), None if total is None else float(total), note)

    return progress
