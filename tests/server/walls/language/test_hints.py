"""Every hint is advice that works: the names it gives are allowed, and what is code compiles."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import cloche_server.walls.language
import pytest
from cloche_server.walls.language import check_technique
from cloche_server.walls.language.names import ATTRIBUTE_HINTS
from cloche_server.walls.language.tables.generation import REFUSED_GENERATION_FIELDS
from cloche_server.walls.language.tables.modules import BUILTINS, IMPORT_HINTS, IMPORTABLE
from cloche_server.walls.language.tables.refused import REFUSALS

_ALIASES = {"np": "numpy", "nn": "torch.nn"}
_ROOTS = sorted({each.partition(".")[0] for each in IMPORTABLE} | set(_ALIASES))
_PATH = re.compile(rf"(?<![\w.])(?:{'|'.join(_ROOTS)})(?:\.[A-Za-z_]\w*)+")


def _hints() -> Iterator[tuple[str, str]]:
    for row in REFUSALS:
        if row.instead:
            yield f"{row.of}: {row.names.split()[0]}", row.instead
    for what, hint in {**ATTRIBUTE_HINTS, **IMPORT_HINTS}.items():
        yield what, hint
    for what, (_, hint) in REFUSED_GENERATION_FIELDS.items():
        yield what, hint


def _written_in_guards() -> Iterator[tuple[str, str]]:
    """What the wall's own code gives as `hint=`, as far as it is text."""
    for path in Path(cloche_server.walls.language.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            match node:
                case ast.keyword(arg="hint", value=ast.Constant(value=str() as text)) if text:
                    yield path.name, text


HINTS = sorted({hint: what for what, hint in (*_hints(), *_written_in_guards())}.items())


def _pieces(hint: str) -> Iterator[str]:
    """The hint itself and its parts, as far as they are Python with something to look up."""
    parts = re.split(r"; |, (?![^(]*\))| or | and ", hint)
    for part in dict.fromkeys((hint, *parts, *re.findall(r"`([^`]+)`", hint))):
        text = f"{part[:-4]}: pass" if part.endswith(": ...") else part
        try:
            tree = ast.parse(text)
        except SyntaxError:
            continue
        if any(isinstance(node, (ast.Call, ast.With)) for node in ast.walk(tree)):
            yield text


@pytest.mark.parametrize(("hint", "of"), HINTS, ids=lambda value: value[:60])
def test_the_names_it_gives_are_allowed(hint, of, run):
    for path in _PATH.findall(hint):
        root, _, rest = path.partition(".")
        name = f"{_ALIASES.get(root, root)}.{rest}"
        module = next(
            each for each in sorted(IMPORTABLE, key=len, reverse=True)
            if name == each or name.startswith(f"{each}.")
        )  # fmt: skip
        source = f"import {module}\ndef f():\n    return {name}\n"
        assert check_technique(source).diagnostics == (), (of, hint)
        run(source)


@pytest.mark.parametrize(("hint", "of"), HINTS, ids=lambda value: value[:60])
def test_what_is_code_passes_the_check(hint, of):
    for text in _pieces(hint):
        tree = ast.parse(text)
        names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
        known = {each for each in names if each in _ROOTS and each not in ("time", "copy")}
        given = sorted(names - known - BUILTINS)
        imports = "".join(
            f"import {_ALIASES[each]} as {each}\n" if each in _ALIASES else f"import {each}\n"
            for each in sorted(known)
        )
        body = "\n".join(f"    {line}" for line in text.splitlines())
        source = f"{imports}def f({', '.join(given)}):\n{body}\n"
        assert check_technique(source).diagnostics == (), (of, hint, source)


def test_most_hints_say_something_that_is_tried():
    tried = [hint for hint, _ in HINTS if _PATH.findall(hint) or [*_pieces(hint)]]
    assert len(tried) > len(HINTS) / 3
