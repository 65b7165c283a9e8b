"""The source that answers a request: what prepares the model, then what writes the answers."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Final

from cloche.contract.errors import SourceError
from cloche.source.files import Origin
from cloche.source.technique import Technique, read_source

_SOURCE: Final = Path(__file__).with_name("technique.py")
_PREPARED: Final = """

def chat_prepared(model, tokenizer, messages, *rest):
    changed = {prepare}(model, tokenizer, [dict(each) for each in messages])
    if changed is not None:
        messages = chat_required(changed)
    return chat_answers(model, tokenizer, messages, *rest)
"""
_PREFIXES: Final = ("chat_", "Chat", "CHAT_")


def chat_technique(prepare: Path | None = None, function: str = "") -> Technique:
    """Returns the technique that writes answers; its arguments are those of `chat_answers`.

    Args:
        prepare: a file with `def prepare(model, tokenizer, messages)`, called before each answer
            in the answer's own sandbox. It may register hooks, switch adapters or edit weights, and
            return messages to take in place of those that came; None leaves them as they are.
        function: which function of the file, where there are several.

    Raises:
        SourceError: the file cannot be read, has no such function, or defines names that begin
            with chat_, Chat or CHAT_.
    """
    own = read_source(_SOURCE)
    if prepare is None:
        return Technique(own, "chat_answers")
    given = Technique.of(prepare, entry_point=function)
    _require_usable(given, prepare)
    origins = given._origins or tuple(
        Origin(str(prepare), number, text=text)
        for number, text in enumerate(given.source.splitlines(), 1)
    )
    source = given.source if given.source.endswith("\n") else f"{given.source}\n"
    called = _PREPARED.format(prepare=given.entry_point)
    return Technique(f"{source}\n{own}{called}", "chat_prepared", origins)


def _require_usable(given: Technique, path: Path) -> None:
    """Raises SourceError."""
    if not given.entry_point:
        raise SourceError(
            f"{path}: which function prepares the model? Name it, as in {path}:prepare; it takes "
            "(model, tokenizer, messages)"
        )
    try:
        tree = ast.parse(given.source)
    except (SyntaxError, ValueError) as error:
        raise SourceError(f"{path} is not Python: {error}") from None
    functions = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
    if given.entry_point not in functions:
        raise SourceError(f"{path} defines no function {given.entry_point}")
    for node in ast.walk(tree):
        name = getattr(node, "name", None) or getattr(node, "id", None)
        if isinstance(name, str) and name.startswith(_PREFIXES):
            raise SourceError(
                f"{path}:{getattr(node, 'lineno', 0)}: {name} has a name of ours; one that begins "
                "with chat_, Chat or CHAT_ would stand in the way of what writes the answers"
            )
