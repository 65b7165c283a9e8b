"""Tracebacks as text, of the technique's own lines."""

from tools import describe, write_error


def format_exc(limit=None, chain=True):
    return describe()


def print_exc(limit=None, file=None, chain=True):
    _show(describe(), file)


def _error(exc, value):
    found = value if isinstance(value, BaseException) else exc
    if found is not None and not isinstance(found, BaseException):
        raise TypeError("an exception is wanted, not its class")
    return found


def format_exception(exc=None, /, value=None, tb=None, limit=None, chain=True):
    found = _error(exc, value)
    return ["NoneType: None\n"] if found is None else describe(found).splitlines(keepends=True)


def print_exception(exc=None, /, value=None, tb=None, limit=None, file=None, chain=True):
    _show("".join(format_exception(exc, value)), file)


def format_exception_only(exc=None, /, value=None):
    return format_exception(exc, value)[-1:]


def _show(text, file):
    if file is None:
        write_error(text)
    else:
        file.write(text)
