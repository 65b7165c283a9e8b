"""Answer whether technique code may touch a name, and why: with the row that says so.

The guards' own decision is asked, and the tables are searched for what it rests on. No model is
needed: names that begin with `model`, `tokenizer` or `tensor` stand for the libraries' classes.
"""

from __future__ import annotations

import ast
import functools
import importlib
import importlib.util
import re
import types
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

from .adapters import ADAPTERS
from .audit import guards_for
from .catalogue import Catalogue, resolve
from .diagnostics import AccessRefused
from .facades import ClassToken
from .guards.calls import PASSING_ON, CallGuard
from .names import is_dunder
from .slots import class_name, is_class, mro_of, owner_of
from .tables.modules import IMPORT_HINTS, IMPORTABLE, ROWS, import_refusal
from .tables.refused import REFUSALS
from .tables.rows import (
    Allow,
    Field,
    Fields,
    Kind,
    Refused,
    RefusedPattern,
    Settable,
    Wraps,
    Written,
)

Verdict = Literal["allowed", "allowed, judged by its value", "refused"]

_POLICY: Final = Path(__file__).parent
#: What people call things.
_ALIASES: Final = {
    "np": "numpy",
    "nn": "torch.nn",
    "F": "torch.nn.functional",
    "tensor": "torch:Tensor",
    "torch.Tensor": "torch:Tensor",
    "array": "numpy:ndarray",
    "model.config": "transformers:PretrainedConfig",
    "model.generation_config": "transformers:GenerationConfig",
    "config": "transformers:PretrainedConfig",
    "model": "transformers:LlamaForCausalLM",
    "tokenizer": "transformers:PreTrainedTokenizerFast",
}


_PRIVATE: Final = (
    "a private name of a real object (private_names.py): only what a technique itself put there is "
    "read"
)


@dataclass(frozen=True)
class Place:
    """A row of the tables, or what stands in for a member: what it says, and where."""

    text: str
    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.text}  ({self.file}:{self.line})" if self.file else self.text


@dataclass(frozen=True)
class Answer:
    """`stand_in` is what techniques get in a member's place, or what looks at its calls.

    `settable` says that the attribute may be set, and by which rule.
    """

    name: str
    verdict: Verdict
    why: str
    rows: tuple[Place, ...] = ()
    stand_in: Place | None = None
    settable: Place | None = None
    hint: str = ""


class Explainer:
    """Answers for one catalogue."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._guards = guards_for(catalogue)

    def explain(self, name: str) -> Answer:
        """Returns what holds for a name as people write it: `torch.load`, `model.config.x`, `open`.

        Raises:
            LookupError: nothing of this name is there to be explained.
        """
        holder, member = self._found(name.strip().removesuffix("()"))
        if member == "":
            return self._module(holder)
        if isinstance(holder, str):
            return self.explain_member(holder, member)
        return self._attribute(holder, member)

    # Names

    def _found(self, name: str) -> tuple[str | type, str]:
        """Returns a module or class, and the name read of it; none for a module itself."""
        for alias in sorted(_ALIASES, key=len, reverse=True):
            if name == alias or name.startswith(f"{alias}."):
                name = _ALIASES[alias] + name[len(alias) :]
                break
        if ":" in name:
            module, _, rest = name.partition(":")
            return self._walk(module, rest)
        if is_dunder(name.partition(".")[2]) and not name.startswith(IMPORTABLE):
            return object, name.partition(".")[2]
        parts = name.split(".")
        for count in range(len(parts), 0, -1):
            module = ".".join(parts[:count])
            if module in IMPORTABLE or _is_module(module):
                rest = ".".join(parts[count:])
                if not rest:
                    return module, ""
                return self._walk(module, rest)
        if hasattr(importlib.import_module("builtins"), parts[0]):
            return self._walk("builtins", name)
        if all(part.isidentifier() for part in parts):
            return name, ""  # not installed: an import of it is refused
        raise LookupError(
            f"{name!r} is no name; write torch.Tensor.norm, numpy.load, open, "
            "model.config.hidden_size, tokenizer.decode"
        )

    def _walk(self, module: str, rest: str) -> tuple[str | type, str]:
        first, _, inner = rest.partition(".")
        value = getattr(importlib.import_module(module), first, None)
        if is_class(value) and (inner or module == "transformers"):
            return (value, inner) if inner else (module, first)  # type: ignore[return-value]
        if inner:
            raise LookupError(f"{module}.{first} is no class: nothing of it is read")
        return module, first

    # Answers

    def _module(self, holder: str | type) -> Answer:
        module = str(holder)
        if module in IMPORTABLE:
            rows = tuple(_place(row) for row in ROWS if row.of == module)
            return Answer(module, "allowed", "it may be imported; its members are rows", rows)
        message, hint = import_refusal(module)
        return Answer(module, "refused", message.partition("refused: ")[2], hint=hint)

    def explain_member(self, module: str, name: str) -> Answer:
        """Returns what holds for a member of a module."""
        shown = name if module == "builtins" else f"{module}.{name}"
        rows = tuple(_place(each) for each in _rows_on(module, name))
        members = self._catalogue.modules.get(module, {})
        adapted = self._catalogue.adapted.get((module, name))
        if adapted is not None or name in members:
            why = rows[0].text if rows else "made anew for each call"
            if adapted is not None:
                return Answer(shown, "allowed", why, rows, _of_adapter(adapted))
            stand_in = self._replaced(members[name])
            if stand_in is None and module in PASSING_ON:
                line = CallGuard._to_be_called.__code__.co_firstlineno
                said = "what it is given to call is judged at each call"
                stand_in = Place(said, "guards/calls.py", line)
            return Answer(shown, "allowed", why, rows, stand_in)
        source = self._catalogue.written.get((module, name))
        if source is not None:
            said = "written in the language of techniques"
            return Answer(
                shown, "allowed", rows[0].text, rows, Place(said, f"written/{source}.py", 1)
            )
        if module == "builtins" and name in ("print", "type"):
            return Answer(shown, "allowed", "made anew for each call", rows)
        if module not in IMPORTABLE and module != "builtins":
            return self._module(module)
        refused = self._catalogue.refusal_of((module,), name)
        hint = IMPORT_HINTS.get(f"{module}.{name}") or (refused.instead if refused else "")
        why = refused.why if refused else "no row allows it"
        return Answer(shown, "refused", why, rows, hint=hint)

    def _attribute(self, cls: type, name: str) -> Answer:
        shown = f"{cls.__module__}:{class_name(cls)}.{name}"
        mro = mro_of(cls)
        settable = next(
            (
                _place(row)
                for each in mro
                for row in ROWS
                if isinstance(row, Settable) and _is_on(row.of, each)
                if row.names == "*" or name in row.names.split()
            ),
            None,
        )
        if name == "__class__":
            why = "answered by the guard: the class as `type(x)` gives it"
            return Answer(shown, "allowed", why, settable=settable)
        rows = tuple(_place(row) for each in mro for row in _rows_on(each, name))
        try:
            self._guards.reading.decide(cls, name)
        except AccessRefused as refusal:
            why = refusal.message.partition("refused: ")[2]
            if not rows and is_dunder(name):
                why = "a special name that no row admits (names.py)"
            elif not rows and name.startswith("_"):
                why = _PRIVATE
            return Answer(shown, "refused", why, rows, settable=settable, hint=refusal.hint)
        if not rows and name.startswith("_") and not is_dunder(name):
            return Answer(shown, "refused", _PRIVATE, settable=settable)
        if rows:
            member = self._known(mro, name)
            adapter = member.adapter if member is not None else ""
            stand_in = _of_adapter(adapter) if adapter else self._method_stand_in(member)
            return Answer(shown, "allowed", rows[0].text, rows, stand_in, settable)
        kinds = tuple(
            _place(row)
            for each in mro
            for row in ROWS
            if isinstance(row, (Fields, Kind, Wraps)) and _is_on(row.of, each)
            if isinstance(row, (Fields, Wraps)) or row.data or (row.called and name == "forward")
        )
        why = "data of a kind whose public data is read, if what it holds may be handed out"
        return Answer(shown, "allowed, judged by its value", why, kinds, settable=settable)

    def _known(self, mro: tuple[type, ...], name: str) -> Any:
        index, _ = owner_of(mro, name)
        for each in mro[max(index, 0) :]:
            member = self._catalogue.members.get(each, {}).get(name)
            if member is not None:
                return member
        return None

    def _method_stand_in(self, member: Any) -> Place | None:
        if member is None:
            return None
        if member.arrays:
            return Place("takes no array of Python objects, and bounded counts", "arrays.py", 1)
        if member.bounded is not None:
            return Place("takes bounded counts only", "tensors.py", 1)
        return None

    def _replaced(self, value: Any) -> Place | None:
        """Where a library's member is one of ours: a stand-in, or a kernel made safe."""
        if isinstance(value, ClassToken):
            return Place(
                "for isinstance and annotations only: it cannot be called", "facades.py", 1
            )
        code = getattr(value, "__code__", None)
        if isinstance(code, types.CodeType):
            path = Path(code.co_filename)
            if path.is_relative_to(_POLICY):
                file = path.relative_to(_POLICY).as_posix()
                return Place("replaced by the wall's own", file, code.co_firstlineno)
        home = type(value).__module__
        if home.startswith(__package__ or ""):
            return Place("behind the wall's own stand-in", f"{home.rpartition('.')[2]}.py", 1)
        return None


# The tables


def _rows_on(holder: str | type, name: str) -> Iterator[Any]:
    """Yields the rows that speak of a member."""
    for row in (*ROWS, *REFUSALS):
        if isinstance(row, (Allow, Field, Refused, Written)) and name in row.names.split():
            if row.of == holder if isinstance(holder, str) else _is_on(row.of, holder):
                yield row
        elif isinstance(row, RefusedPattern) and row.of == holder:
            catalogue = Catalogue(refused_patterns={row.of: [row]})
            if catalogue.refusal_of((row.of,), name) is not None:
                yield row


@functools.cache
def _class_named(path: str) -> type | None:
    if ":" not in path:
        return None
    try:
        found = resolve(path)
    except (ImportError, AttributeError, KeyError):
        return None
    return found if is_class(found) else None


def _is_on(path: str, cls: type) -> bool:
    return _class_named(path) is cls


def _place(row: Any) -> Place:
    names = getattr(row, "names", None)
    file = _files()[id(row)]
    indexed = _index().get((type(row).__name__, row.of, names))
    # A row that a loop makes stands where its names do.
    line = indexed[1] if indexed is not None else _line_of(file, (names or row.of).split()[0])
    said = f"{type(row).__name__}({row.of}): {row.why}"
    return Place(said, file, line)


@functools.cache
def _files() -> dict[int, str]:
    """The file that each row is in, by the row's id; tables that repeat rows come last."""
    found: dict[int, str] = {}
    repeating = ("direct.py", "peft.py")
    for path in sorted((_POLICY / "tables").rglob("*.py"), key=lambda each: each.name in repeating):
        relative = path.relative_to(_POLICY)
        name = ".".join(relative.with_suffix("").parts).removesuffix(".__init__")
        module = importlib.import_module(f".{name}", __package__)
        for row in (*getattr(module, "ROWS", ()), *getattr(module, "REFUSALS", ())):
            if path.name not in ("modules.py", "__init__.py"):
                found.setdefault(id(row), relative.as_posix())
    return found


@functools.cache
def _index() -> dict[tuple[str, str, str | None], tuple[str, int]]:
    """Where each row stands, read off the tables' own source."""
    found: dict[tuple[str, str, str | None], tuple[str, int]] = {}
    for path in sorted((_POLICY / "tables").rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        texts = {
            target.id: node.value.value
            for node in tree.body
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
            for target in node.targets
            if isinstance(target, ast.Name)
        }
        file = path.relative_to(_POLICY).as_posix()
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.args:
                values = [_text(each, texts) for each in node.args]
                if isinstance(values[0], str):
                    names = values[1] if len(values) > 1 else None
                    key = (node.func.id, values[0], names)
                    found.setdefault(key, (file, node.lineno))
    return found


def _line_of(file: str, word: str) -> int:
    lines = (_POLICY / file).read_text(encoding="utf-8").splitlines()
    found = re.compile(rf"\b{re.escape(word)}\b")
    return next((number for number, line in enumerate(lines, 1) if found.search(line)), 1)


def _text(node: ast.expr, texts: dict[str, Any]) -> Any:
    if isinstance(node, ast.Constant):
        return node.value
    return texts.get(node.id) if isinstance(node, ast.Name) else None


def _of_adapter(key: str) -> Place:
    code = getattr(ADAPTERS[key], "__code__", None)
    if code is None:
        return Place(f"stand-in {key}", "adapters", 0)
    file = Path(code.co_filename).relative_to(_POLICY).as_posix()
    return Place("a stand-in is handed out in its place", file, code.co_firstlineno)


def _is_module(name: str) -> bool:
    try:
        return importlib.util.find_spec(name) is not None
    except (ImportError, ValueError, AttributeError):
        return False
