"""Arguments from the command line: `text="hi" top_k=5 ids=[1,2] prompt=@file.txt`."""

import json
import re
from pathlib import Path

from cloche.contract.errors import InvalidRequestError

_NAMED = re.compile(r"([A-Za-z_]\w*)=(.*)", re.DOTALL)


def split_target(target: str) -> tuple[Path, str]:
    """Returns the file and the function of "FILE[:function]"; no function: ""."""
    path, separator, function = target.rpartition(":")
    if separator and function.isidentifier() and not Path(target).exists():
        return Path(path), function
    return Path(target), ""


def parse_values(words: list[str]) -> tuple[list[object], dict[str, object]]:
    """Returns positional and named arguments.

    A value is JSON where it reads as such, else text. `@path` is the text in a file; quote it as
    JSON ("\\"@me\\"") to send it as it stands.

    Raises:
        InvalidRequestError: a name comes twice, or a file cannot be read.
    """
    positional: list[object] = []
    named: dict[str, object] = {}
    for word in words:
        match = _NAMED.fullmatch(word)
        if match is None:
            positional.append(_value(word))
            continue
        name, text = match.groups()
        if name in named:
            raise InvalidRequestError(f"argument {name} is given twice", field=name)
        named[name] = _value(text)
    return positional, named


def _value(text: str) -> object:
    if text.startswith("@") and len(text) > 1:
        try:
            return Path(text[1:]).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            reason = getattr(error, "strerror", None) or "it is not UTF-8 text"
            raise InvalidRequestError(f"cannot read {text[1:]}: {reason}", field="args") from None
    try:
        value: object = json.loads(text)
    except (ValueError, RecursionError):
        return text
    return value
