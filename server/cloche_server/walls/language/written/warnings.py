"""Warnings of a technique's own: to the caller, by filters that this call alone has."""

import re

from tools import record

_STATE = {"filters": [], "log": None, "said": set()}


class WarningMessage:
    def __init__(
        self, message, category, filename, lineno, file=None, line=None, source=None
    ):  # fmt: skip
        self.message = message
        self.category = category
        self.filename = filename
        self.lineno = lineno
        self.file = file
        self.line = line
        self.source = source

    def __str__(self):
        return f"{{message : {self.message!r}, category : {self.category.__name__!r}}}"


def _check(action, category):
    if action not in ("error", "ignore", "always", "default", "module", "once"):
        raise ValueError(f"invalid action: {action!r}")
    if not issubclass(category, Warning):
        raise TypeError("category must be a Warning subclass")


def filterwarnings(action, message="", category=Warning, module="", lineno=0, append=False):
    _check(action, category)
    _insert((action, re.compile(message, re.I) if message else None, category), append)


def simplefilter(action, category=Warning, lineno=0, append=False):
    _check(action, category)
    _insert((action, None, category), append)


def _insert(rule, append):
    filters = [each for each in _STATE["filters"] if each != rule]
    _STATE["filters"] = [*filters, rule] if append else [rule, *filters]
    _STATE["said"] = set()


def resetwarnings():
    _STATE["filters"] = []


def _action(text, category):
    for action, pattern, kind in _STATE["filters"]:
        if issubclass(category, kind) and (pattern is None or pattern.match(text)):
            return action
    return "default"


def warn(message, category=None, stacklevel=1, source=None, **options):
    if isinstance(message, Warning):
        category = type(message)
    elif category is None:
        category = UserWarning
    if not issubclass(category, Warning):
        raise TypeError("category must be a Warning subclass")
    text = str(message)
    if not isinstance(message, Warning):
        message = category(message)
    action = _action(text, category)
    if action == "error":
        raise message
    if action == "ignore":
        return
    if action != "always":
        if (text, category) in _STATE["said"]:
            return
        _STATE["said"].add((text, category))
    if _STATE["log"] is not None:
        _STATE["log"].append(WarningMessage(message, category, "technique", 0, source=source))
    else:
        record("warning", f"{category.__name__}: {text}")


class catch_warnings:
    def __init__(
        self, *, record=False, module=None, action=None, category=Warning, lineno=0, append=False
    ):  # fmt: skip
        self._record = record
        self._action = action
        self._rule = (category, lineno, append)
        self._before = None

    def __enter__(self):
        if self._before is not None:
            raise RuntimeError("Cannot enter catch_warnings twice")
        self._before = dict(_STATE)
        _STATE["said"] = set()
        if self._action is not None:
            simplefilter(self._action, *self._rule)
        if self._record:
            _STATE["log"] = []
            return _STATE["log"]
        return None

    def __exit__(self, kind, error, trace):
        if self._before is None:
            raise RuntimeError("Cannot exit catch_warnings without entering first")
        _STATE.update(self._before)
