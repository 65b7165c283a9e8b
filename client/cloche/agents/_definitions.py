"""The tools as other protocols define them, made from the same functions."""

from __future__ import annotations

import inspect
import re
from typing import Any, Final

from cloche.agents._tools import Outcome, ToolFailure, Tools

#: In the order in which they are listed.
NAMES: Final = (
    "check", "run", "session_open", "session_run", "session_fork", "session_close",
    "list_techniques",
)  # fmt: skip
_KINDS: Final[dict[str, dict[str, Any]]] = {
    "str": {"type": "string"},
    "str | None": {"type": "string"},
    "float | None": {"type": "number"},
    "dict[str, Any] | None": {"type": "object"},
}
_ARGUMENT: Final = re.compile(r"^ {4}(\w+): (.+)$", re.MULTILINE)


def described(name: str) -> str:
    """What the tool does, for an agent."""
    text = inspect.getdoc(getattr(Tools, name)) or ""
    return text.partition("\n\nArgs:")[0]


def arguments_of(name: str) -> dict[str, str]:
    """What each argument is, for an agent."""
    text = inspect.getdoc(getattr(Tools, name)) or ""
    return dict(_ARGUMENT.findall(text.partition("\n\nArgs:")[2]))


def openai_tools() -> list[dict[str, Any]]:
    """The tools as the `tools` of a chat completion lists them; `call` runs what it answers."""
    return [
        {
            "type": "function",
            "function": {
                "name": name,
                "description": described(name),
                "parameters": _schema(name),
            },
        }
        for name in NAMES
    ]


async def call(tools: Tools, name: str, arguments: dict[str, Any]) -> dict[str, Any]:
    """What the tool gives, or {"error": text}: an agent is to read it."""
    if name not in NAMES:
        return {"error": f"no tool is called {name[:80]!r}; there are {', '.join(NAMES)}"}
    known = arguments_of(name)
    for each in arguments:
        if each not in known:
            return {"error": f"{name} takes no {each[:80]!r}; it takes {', '.join(known)}"}
    try:
        outcome: Outcome = await getattr(tools, name)(**arguments)
        return outcome.content
    except TypeError as error:
        return {"error": f"{name}: {error}"}
    except ToolFailure as failure:
        return {"error": str(failure)}


def _schema(name: str) -> dict[str, Any]:
    signature = inspect.signature(getattr(Tools, name))
    about = arguments_of(name)
    return {
        "type": "object",
        "properties": {
            each: _KINDS[str(signature.parameters[each].annotation)] | {"description": text}
            for each, text in about.items()
        },
        "required": [
            each for each in about if signature.parameters[each].default is inspect.Parameter.empty
        ],
        "additionalProperties": False,
    }
