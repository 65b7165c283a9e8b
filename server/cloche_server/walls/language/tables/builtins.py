"""Builtins. Absent: open, eval, exec, compile, input, globals, locals, id, memoryview, breakpoint,
__import__, help, exit, aiter, anext, and the exceptions that end a process."""

from __future__ import annotations

from .rows import Allow, Row

ROWS: tuple[Row, ...] = (
    Allow(
        "builtins",
        """abs all any ascii bin bool bytes callable chr complex divmod enumerate float
        format frozenset hash hex int len list next oct ord pow range repr reversed round set slice
        str sum tuple zip dict""",
        why="plain values and their protocols",
        pure=True,
    ),
    # Formatting and `hex` call back while they hold a bare pointer into it.
    Allow("builtins", "bytearray", why="isinstance, annotations", as_type=True),
    Allow("builtins", "object", why="bare objects, as sentinels", pure=True),
    Allow("builtins", "super", why="reads go through the guard; must run unwrapped", pure=True),
    Allow("builtins", "filter map max min sorted", why="call back what they are given"),
    Allow("builtins", "property classmethod staticmethod", why="wrap a function for a class"),
    Allow(
        "builtins",
        "getattr hasattr setattr delattr isinstance issubclass vars dir",
        why="read and write by name: through the guards",
        adapted=True,
    ),
    Allow("builtins", "iter", why="calls back: judges it, and holds what it uses", adapted=True),
    Allow(
        "builtins",
        """ArithmeticError AssertionError AttributeError BaseException BufferError EOFError
        Exception FloatingPointError IndexError KeyError LookupError MemoryError
        ModuleNotFoundError ImportError NameError NotImplementedError OSError OverflowError
        RecursionError ReferenceError RuntimeError StopIteration SyntaxError TimeoutError TypeError
        UnboundLocalError UnicodeError ValueError
        ZeroDivisionError BytesWarning ConnectionError EnvironmentError FileExistsError IOError
        ImportWarning InterruptedError IsADirectoryError NotADirectoryError
        PendingDeprecationWarning ResourceWarning SyntaxWarning
        UnicodeWarning Warning UserWarning DeprecationWarning RuntimeWarning FutureWarning
        PermissionError FileNotFoundError""",
        why="exceptions are raised and caught by class",
        pure=True,
    ),
    Allow(
        "builtins",
        "UnicodeDecodeError UnicodeEncodeError UnicodeTranslateError",
        why="caught by class; their text reads memory at the position that they are made with",
        caught=True,
    ),
    Allow("builtins", "Ellipsis NotImplemented", why="constants"),
)
