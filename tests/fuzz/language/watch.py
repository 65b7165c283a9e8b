"""A second observer: what the interpreter itself reports while a program runs.

Audit events tell of files, processes, sockets, imports, code that is made or run, and reads of
frames and code objects, whoever asked. An audit hook cannot be taken away: install it in a child.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import Any

from .words import FILENAME

#: Never raised by an allowed library call.
_NEVER = (
    *("os.", "subprocess.", "socket.", "ctypes.", "shutil.", "pty.", "fcntl.", "winreg.", "ftplib"),
    *("urllib.", "http.", "smtplib.", "webbrowser.", "pickle.", "marshal.", "gc.", "tempfile."),
    *("cpython.", "sys.settrace", "sys.setprofile", "sys.addaudithook", "builtins.input"),
    *("builtins.breakpoint", "glob.", "mmap.", "resource.", "signal.", "sys._current_frames"),
    *("code.__new__", "function.__new__", "sys.set_asyncgen", "sqlite3.", "array.__new__"),
)
#: What a library does on its own way to an answer, by event and the file that does it.
_KNOWN = (
    ("os.listdir", "importlib"),
    ("os.putenv", "torch"),
    ("os.scandir", "importlib"),
    ("marshal.loads", "importlib"),
    ("code.__new__", "importlib"),
    ("function.__new__", "torch"),
    ("function.__new__", "copy.py"),
    ("code.__new__", "torch"),
    ("code.__new__", "walls/language/rewriting/sealing.py"),
    ("gc.", "torch"),
)
#: Raised by guards all the time.
_COMMON = frozenset({"builtins.id"})
#: Attributes whose reading the interpreter reports.
_TELLING = frozenset({"__code__", "__defaults__", "__kwdefaults__", "f_code", "gi_frame",
                      "gi_code", "tb_frame", "cr_frame", "cr_code", "ag_frame",
                      "f_globals", "f_locals"})  # fmt: skip
#: Where a read by the wall is a read for the technique.
_FOR_THE_TECHNIQUE = (
    *("guards/reading.py", "guards/calls.py", "guards/matching.py"),
    *("language/formatting.py", "language/adapters", "language/arrays.py"),
)
_RUNS_PROGRAMS = (
    *("fuzz/language/session.py", "fuzz/capabilities/search.py", "jinja2/environment.py"),
)
_MAY_RUN_CODE = (
    "guards/guards.py",
    "guards/classes.py",
    "dataclasses.py",
    "collections/__init__.py",
    "typing.py",
)


def install(report: Callable[[str], None]) -> Callable[[bool], None]:
    """Watches from now on, while switched on. Returns the switch."""
    active = False
    import cloche_server
    import torch

    packages = (os.path.dirname(os.path.dirname(each.__file__)) for each in (torch, cloche_server))
    prefixes = (sys.prefix, sys.base_prefix, *packages, "/usr", "/proc/self")

    def switch(on: bool) -> None:
        nonlocal active
        active = on

    def hook(event: str, args: tuple[Any, ...]) -> None:
        nonlocal active
        if not active or event in _COMMON:
            return
        active = False
        try:
            found = _judge(event, args, sys._getframe(1), prefixes)
            if found is not None:
                report(found)
        finally:
            active = True

    sys.addaudithook(hook)
    return switch


def _caller(frame: Any) -> str:
    return str(frame.f_back.f_code.co_filename) if frame.f_back is not None else ""


def _judge(event: str, args: tuple[Any, ...], frame: Any, prefixes: tuple[str, ...]) -> str | None:
    where = frame.f_code.co_filename
    if event == "object.__getattr__":
        name = args[1]
        told = where == FILENAME or any(each in where for each in _FOR_THE_TECHNIQUE)
        if where.endswith("guards/calls.py") and frame.f_code.co_name in ("slow_call", "_runs"):
            return None  # it asks whether a function is one of its own wrappers
        return f"read of {name}" if told and name in _TELLING else None
    if event == "open":
        path, mode, flags = args
        writes = (isinstance(mode, str) and set(mode) & set("wax+")) or (
            isinstance(flags, int) and flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)
        )
        inside = isinstance(path, (str, bytes)) and os.fsdecode(path).startswith(prefixes)
        return None if inside and not writes else f"open of {path!r}"
    if event == "exec":
        code = args[0]
        name = getattr(code, "co_filename", "?")
        known = any(each in where for each in _MAY_RUN_CODE) or "importlib" in where
        known = known or where.endswith(_RUNS_PROGRAMS)
        return None if known else f"exec of code of {name} by {where}"
    if event == "compile":
        known = any(each in where for each in _MAY_RUN_CODE)
        known = known or "importlib" in where or where.endswith("walls/language/compiler.py")
        known = known or (where.endswith("jinja2/environment.py"))  # the model's own template
        # inspect reads the signatures of C functions with the parser.
        known = known or (where.endswith("ast.py") and _caller(frame).endswith("inspect.py"))
        return None if known else f"compile by {where}"
    if event.startswith(_NEVER):
        if any(event.startswith(what) and who in where for what, who in _KNOWN):
            return None
        return f"{event} by {where}"
    return None
