"""Hold what can be run: a function, source text, a file, or a Technique made from one of these."""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from cloche.contract.entry import entry_of
from cloche.contract.errors import SourceError
from cloche.source import Origin, capture
from cloche.source.fences import unfenced
from cloche.source.siblings import bundle


@dataclass(frozen=True)
class Technique:
    """Source that stands alone, and the name of its top-level function to call.

    An empty `entry_point` leaves it to the server to find the technique among its functions.
    `Technique.of(function)` shows what would be sent for it: `print(Technique.of(f).source)`.
    """

    source: str
    entry_point: str = ""
    # Where the lines of the source were written, for messages.
    _origins: tuple[Origin | None, ...] = field(default=(), repr=False, compare=False)
    _file: str = field(default="", repr=False, compare=False)
    # Arrays and tensors that a function holds; the entry point takes them as its third argument.
    _bound: Mapping[str, object] = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def of(cls, technique: TechniqueLike, *, entry_point: str = "") -> Technique:
        """Returns `technique` as source.

        Args:
            technique: a function taking (model, tokenizer, ...), source, a file (which brings the
                helper files beside it that it imports, `from _name import ...`), or a Technique.
                Of source in Markdown, what stands in its fences.
            entry_point: the function to call, where the source has several. The default is the
                only public one that takes (model, tokenizer, ...), else the one named like a file.

        Raises:
            SourceError: a function uses something that cannot be sent, a file cannot be read, or
                `technique` is none of these.
        """
        if isinstance(technique, Technique):
            return cls._with_entry(technique, entry_point)
        if isinstance(technique, str):
            if "\n" not in technique and "def " not in technique:
                raise SourceError(
                    f"{technique!r} is not Python source with a function in it; "
                    "to run a file, pass pathlib.Path(...)"
                )
            return cls(unfenced(technique), entry_point)
        if isinstance(technique, Path):
            return cls._from_file(technique, entry_point)
        captured = capture(technique)
        if entry_point and entry_point != getattr(technique, "__name__", ""):
            raise SourceError(
                f"entry_point={entry_point!r} is for source and files; a function is its own "
                "entry point"
            )
        return cls(captured.source, captured.entry_point, captured.origins, _bound=captured.bound)

    @property
    def sha256(self) -> str:
        """What an operator lists to let this technique run, and the server logs the first of."""
        return hashlib.sha256(self.source.encode(errors="surrogatepass")).hexdigest()

    @classmethod
    def _with_entry(cls, technique: Technique, entry_point: str) -> Technique:
        if not entry_point or entry_point == technique.entry_point:
            return technique
        if technique._bound:
            raise SourceError("a technique made from a function has its own entry point")
        return cls(technique.source, entry_point, technique._origins, technique._file)

    @classmethod
    def _from_file(cls, path: Path, entry_point: str) -> Technique:
        own = unfenced(read_source(path))
        whole = bundle(path, own, read_source)
        if not entry_point:
            entry_point = _entry_of(path, own)
        return cls(whole.source, entry_point, whole.origins, str(path))


TechniqueLike = Callable[..., Any] | str | Path | Technique
# For what concerns no technique.
NOWHERE: Final = Technique("")


def read_source(path: Path, *, newline: str | None = None) -> str:
    """The text of a file; `newline` as for `open`. Raises SourceError where it cannot be read."""
    try:
        with path.open(encoding="utf-8-sig", newline=newline) as file:
            return file.read()
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8 text"
        raise SourceError(f"cannot read {path}: {reason}") from None


def functions_of(source: str) -> list[str]:
    """The functions that the top level defines, in their order, each once.

    Raises SyntaxError or ValueError where the source is not Python.
    """
    tree = ast.parse(source)
    return list(dict.fromkeys(n.name for n in tree.body if isinstance(n, ast.FunctionDef)))


def _entry_of(path: Path, source: str) -> str:
    """The technique of a file; none where the server has to ask, or to say what is wrong."""
    try:
        return entry_of(source, stem=path.stem)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ""  # the server says what is wrong, with its line
