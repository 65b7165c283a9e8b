"""One attack: a file of its own, whose docstring says what it is.

    Class: which row of the report it counts in.
    Source: a CVE, a write-up, a documentation, or "own find".
    Escape: the effect that would count.
    Teeth: "none, WHY" if it cannot succeed in plain Python either; left out if it can.
    gVisor: why it cannot under gVisor, or why nobody sees it there; left out if it can.
    Limits: what the call asks for, as keyword arguments of an `Ask`; left out for the defaults.

`attack(model, tokenizer, address)` gets the address of a secret; a third parameter called `scene`
gets everything there is to know, like a caller who knows the machine (`Scene.facts`), one called
`record` the address as the field of an object that the caller sent. What returns
from `pick_up(model, tokenizer)`, if there is one, is what a second call finds of the first.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from cloche import Record

HERE: Final = Path(__file__).parent
# Which wall an attack is aimed at; each is run against every wall.
FOLDERS: Final = ("language", "kernel", "front")
# The class of attacks on the next call: only there does plain Python have one.
LEFT_BEHIND: Final = "what a call leaves behind"
_FIELD: Final = re.compile(r"(?:^|\s)(Class|Source|Escape|Teeth|gVisor|Limits):\s")


@dataclass(frozen=True, kw_only=True)
class Ask:
    """What a call asks for. Attacks that waste ask for little, so that they end soon."""

    timeout_s: float = 5.0
    memory_bytes: int = 1 << 30
    result_max_bytes: int = 4 << 20
    output_max_bytes: int = 1 << 16
    # Sent as the arguments instead of what an attack is told, msgpack or not.
    arguments: bytes | None = None


@dataclass(frozen=True, kw_only=True)
class Attack:
    path: Path
    source: str
    kind: str
    origin: str
    escape: str
    # Why it cannot succeed in plain Python; empty if it can.
    teethless: str
    # The same under gVisor.
    teethless_in_gvisor: str
    ask: Ask
    parameters: tuple[str, ...]
    picks_up: bool

    def told(self, facts: dict[str, Any], address: int) -> Any:
        """What the attack is given beside the model and the tokenizer."""
        if "scene" in self.parameters:
            return facts
        return Record("Told", {"address": address}) if "record" in self.parameters else address

    @property
    def name(self) -> str:
        return f"{self.path.parent.name}/{self.path.stem}"


def load(path: Path) -> Attack:
    """Reads an attack.

    Raises:
        ValueError: its docstring lacks a field.
    """
    source = path.read_text()
    tree = ast.parse(source)
    fields = _fields(ast.get_docstring(tree) or "")
    missing = [name for name in ("Class", "Source", "Escape") if not fields.get(name)]
    if missing:
        raise ValueError(f"{path}: the docstring has no {', '.join(missing)}")
    teeth = fields.get("Teeth", "")
    if teeth and not re.match(r"none, \w", teeth):
        raise ValueError(f"{path}: 'Teeth:' must say 'none, ' and why")
    functions = {node.name: node.args for node in tree.body if isinstance(node, ast.FunctionDef)}
    arguments = functions.get("attack", ast.arguments([], [], None, [], [], None, []))
    return Attack(
        path=path,
        source=source,
        kind=fields["Class"],
        origin=fields["Source"],
        escape=fields["Escape"],
        teethless=teeth.removeprefix("none, "),
        teethless_in_gvisor=fields.get("gVisor", ""),
        ask=_ask(fields.get("Limits", "")),
        parameters=tuple(each.arg for each in (*arguments.posonlyargs, *arguments.args)),
        picks_up="pick_up" in functions,
    )


def find(*folders: str) -> list[Path]:
    """The files of all attacks in `folders`, or in every folder."""
    return sorted(path for each in folders or FOLDERS for path in (HERE / each).glob("*.py"))


def name(path: Path) -> str:
    """How a test of the attack is called."""
    return f"{path.parent.name}/{path.stem}"


def _fields(docstring: str) -> dict[str, str]:
    parts = _FIELD.split(docstring)
    pairs = zip(parts[1::2], parts[2::2], strict=True)
    return {key: " ".join(text.split()).removesuffix(".") for key, text in pairs}


def _ask(text: str) -> Ask:
    call = ast.parse(f"Ask({text})", mode="eval")
    return eval(compile(call, "Limits", "eval"), {"Ask": Ask})  # our own files
