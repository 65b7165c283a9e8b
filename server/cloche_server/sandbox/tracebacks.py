"""An exception, as its caller will read it: with the lines that they wrote, and no others of ours.

Runs inside the sandbox on hostile objects, so it reads through the base types' own slots and never
calls a method of the exception.
"""

from __future__ import annotations

import itertools
from types import CodeType, TracebackType
from typing import Any, Final

from cloche_server.ipc import job
from cloche_server.walls.language.wall import MODULE_NAME

#: How names of sources begin that came with a session's calls.
EARLIER: Final = "<technique of call "
#: What a traceback calls the source that came with its own call.
_SHOWN: Final = "<technique>"
_MAX_MESSAGE: Final = 1 << 14
_MAX_FRAMES: Final = 100
_MAX_CHAIN: Final = 8
_MAX_LINE: Final = 300
# With four bytes to the letter, a frame still holds it beside all the rest.
_MAX_TRACEBACK: Final = 1 << 17
_REPEATS_SHOWN: Final = 3


def describe(error: BaseException, source: str, filename: str, *, cpu_s: float) -> job.Raised:
    """`filename` is the name that the technique's code objects carry."""
    lines = source.splitlines()
    frames = _frames(error, lines, filename)
    return job.Raised(
        exception=type_name(error),
        message=message(error),
        frames=frames,
        traceback=_end_of(_format(error, lines, filename)),
        cpu_s=cpu_s,
    )


def as_text(error: BaseException, source: str, filename: str) -> str:
    """The traceback alone, for a technique that asks for it."""
    return _end_of(_format(error, source.splitlines(), filename))


def type_name(error: BaseException) -> str:
    kind = type(error)
    name = type.__dict__["__qualname__"].__get__(kind)
    module = type.__dict__["__module__"].__get__(kind)
    if type(module) is not str or module in ("builtins", MODULE_NAME):
        return _clean(name, 200)
    return _clean(f"{module}.{name}", 200)


def message(error: BaseException) -> str:
    """`str(error)` where no caller's class had a say in it, else its plain arguments."""
    arguments = _slot(error, "args")
    try:
        if _is_trusted(type(error)):
            return _clean(str(error), _MAX_MESSAGE)
        if len(arguments) == 1 and type(arguments[0]) is str:
            return _clean(arguments[0], _MAX_MESSAGE)
        return _clean(", ".join(_plain(item) for item in arguments), _MAX_MESSAGE)
    except Exception:  # noqa: BLE001  # a library's __str__ may fail; the type still tells something
        return ""


def position(error: BaseException, source: str, filename: str) -> tuple[int, int]:
    """Line and column, from 1, of the technique's innermost frame; zeros where it has none."""
    frames = _frames(error, source.splitlines(), filename)
    own = [frame for frame in frames if frame.line]
    return (own[-1].line, own[-1].column) if own else (0, 0)


def _frames(error: BaseException, lines: list[str], filename: str) -> tuple[job.FrameFact, ...]:
    found: list[job.FrameFact] = []
    step: TracebackType | None = _slot(error, "__traceback__")
    while step is not None:
        code = step.tb_frame.f_code
        if code.co_filename == filename:
            found.append(_frame(code, step, lines))
        elif code.co_filename.startswith(EARLIER):
            # Its lines are in a source that came with another call.
            found.append(job.FrameFact(_clean(code.co_qualname, 200), 0, 0, ""))
        step = step.tb_next
    if len(found) > _MAX_FRAMES:
        half = _MAX_FRAMES // 2
        found = found[:half] + found[-half:]
    return tuple(found)


def _frame(code: CodeType, step: TracebackType, lines: list[str]) -> job.FrameFact:
    line = step.tb_lineno
    text = lines[line - 1] if 0 < line <= len(lines) else ""
    column = 0
    positions = list(code.co_positions())
    index = step.tb_lasti // 2
    if index < len(positions):
        _, _, start, _ = positions[index]
        if start is not None:
            column = len(text.encode()[:start].decode(errors="replace")) + 1
    return job.FrameFact(
        function=_clean(code.co_qualname, 200),
        line=line,
        column=column,
        text=_clean(text.strip(), _MAX_LINE),
    )


def _format(error: BaseException, lines: list[str], filename: str) -> str:
    """The whole chain, causes first, in Python's own layout."""
    chain: list[tuple[BaseException, str]] = []
    current: BaseException | None = error
    link = ""
    while current is not None and len(chain) < _MAX_CHAIN:
        chain.append((current, link))
        cause, context = _slot(current, "__cause__"), _slot(current, "__context__")
        if cause is not None:
            link = "\nThe above exception was the direct cause of the following exception:\n\n"
            current = cause
        elif context is not None and not _slot(current, "__suppress_context__"):
            link = "\nDuring handling of the above exception, another exception occurred:\n\n"
            current = context
        else:
            current = None
    parts = []
    for index, (item, _) in enumerate(reversed(chain)):
        parts.append(_format_one(item, lines, filename))
        if index < len(chain) - 1:
            parts.append(chain[len(chain) - 1 - index][1])
    return "".join(parts)


def _end_of(traceback: str) -> str:
    """Its last lines, which tell what happened, where it is too long."""
    if len(traceback) <= _MAX_TRACEBACK:
        return traceback
    return "[…]\n" + traceback[-_MAX_TRACEBACK:].partition("\n")[2]


def _format_one(error: BaseException, lines: list[str], filename: str) -> str:
    frames = _frames(error, lines, filename)
    text = ["Traceback (most recent call last):\n"] if frames else []
    shown = _SHOWN if filename.startswith(EARLIER) else filename
    for frame, count in _runs(frames):
        place = f'{shown}", line {frame.line}' if frame.line else '<an earlier call>"'
        entry = f'  File "{place}, in {frame.function}\n'
        entry += f"    {frame.text}\n" if frame.text else ""
        text += [entry] * min(count, _REPEATS_SHOWN)
        if count > _REPEATS_SHOWN:
            text.append(f"  [Previous line repeated {count - _REPEATS_SHOWN} more times]\n")
    said = message(error)
    text.append(f"{type_name(error)}: {said}\n" if said else f"{type_name(error)}\n")
    return "".join(text)


def _runs(frames: tuple[job.FrameFact, ...]) -> list[tuple[job.FrameFact, int]]:
    """Equal frames in a row, counted: a recursion is one line, not a thousand."""
    return [(frame, len(list(group))) for frame, group in itertools.groupby(frames)]


def _slot(error: BaseException, name: str) -> Any:
    """An attribute as BaseException itself keeps it, whatever a subclass says."""
    return BaseException.__dict__[name].__get__(error)


def _is_trusted(kind: type) -> bool:
    """Whether the class that answers for `str` is a library's, not the technique's."""
    for base in type.__dict__["__mro__"].__get__(kind):
        if "__str__" in base.__dict__:
            function = base.__dict__["__str__"]
            code = getattr(function, "__code__", None)
            return code is None or code.co_filename.endswith(".py")
    return True


def _plain(value: object) -> str:
    if type(value) in (str, int, float, bool, type(None), bytes, complex):
        return repr(value) if type(value) is not str else value
    return f"<{type.__dict__['__qualname__'].__get__(type(value))}>"


def _clean(text: object, limit: int) -> str:
    exact = str.__str__(text) if isinstance(text, str) else ""
    cut = exact if len(exact) <= limit else exact[:limit] + " […]"
    return cut.encode("utf-8", "replace").decode()
