"""Methods of Python's own types, and which of them a class may derive from.

Absent everywhere: `__reduce__`, `__getstate__`, `__dict__` and the frames, code and globals of
functions and generators.
"""

from __future__ import annotations

from .rows import Allow, Base, Field, Kind, Row, words

_TEXT = """capitalize center count endswith expandtabs find index isalnum isalpha isascii isdigit
    islower isspace istitle isupper join ljust lower lstrip partition replace removeprefix
    removesuffix rfind rindex rjust rpartition rsplit rstrip split splitlines startswith strip
    swapcase title translate upper zfill maketrans"""
_ORDER = "__eq__ __ne__ __lt__ __le__ __gt__ __ge__ __hash__"
_NUMBER = """__add__ __radd__ __sub__ __rsub__ __mul__ __rmul__ __truediv__ __rtruediv__
    __pow__ __rpow__ __neg__ __pos__ __abs__ __bool__"""
_INT = "__floordiv__ __rfloordiv__ __mod__ __rmod__ __divmod__ __round__ __trunc__"

ROWS: tuple[Row, ...] = (
    Allow(
        "builtins:object",
        "__init__ __repr__ __str__ __format__ __init_subclass__ " + _ORDER,
        why="what every object does; reached through super()",
        pure=True,
    ),
    Allow("builtins:object", "__new__", why="only for a technique's own classes", adapted=True),
    Allow("builtins:object", "__setattr__", why="reached through super()", adapted=True),
    Allow(
        "builtins:str",
        f"""{_TEXT} casefold encode isdecimal isidentifier isnumeric isprintable
        __len__ __getitem__ __contains__ __iter__ __add__ __mul__ __mod__ __repr__ __str__
        __format__ {_ORDER}""",
        why="text",
        pure=True,
    ),
    Allow("builtins:str", "format format_map", why="walk attributes: replaced", adapted=True),
    Allow(
        "builtins:bytes", f"{_TEXT} decode hex fromhex __len__ __getitem__", why="bytes", pure=True
    ),
    Allow(
        "builtins:int",
        f"""bit_length bit_count to_bytes from_bytes conjugate real imag numerator denominator
        as_integer_ratio __index__ __int__ __float__ __invert__ __and__ __or__ __xor__ __lshift__
        __rshift__ __repr__ __format__ {_NUMBER} {_INT} {_ORDER}""",
        why="numbers",
        pure=True,
    ),
    Allow(
        "builtins:float",
        f"""is_integer hex fromhex conjugate real imag as_integer_ratio __int__ __float__ __repr__
        __format__ {_NUMBER} {_INT} {_ORDER}""",
        why="numbers",
        pure=True,
    ),
    Allow("builtins:complex", "conjugate real imag " + _NUMBER, why="numbers", pure=True),
    Allow(
        "builtins:list",
        f"""append clear copy count extend index insert pop remove reverse __init__ __len__
        __getitem__ __delitem__ __contains__ __iter__ __reversed__ __add__ __iadd__
        __mul__ __repr__ {_ORDER}""",
        why="containers of whatever the technique put there",
        pure=True,
    ),
    Allow("builtins:list", "sort", why="calls key back"),
    Allow("builtins:list", "__setitem__", why="goes over the value first", adapted=True),
    Allow(
        "builtins:dict",
        f"""clear copy fromkeys get items keys pop popitem setdefault update values __init__
        __len__ __getitem__ __setitem__ __delitem__ __contains__ __iter__ __reversed__ __or__
        __ior__ __repr__ {_ORDER} __class_getitem__""",
        why="containers of whatever the technique put there",
        pure=True,
    ),
    Allow(
        "builtins:tuple",
        f"count index __len__ __getitem__ __contains__ __iter__ __add__ __repr__ {_ORDER}",
        why="containers",
        pure=True,
    ),
    Allow(
        "builtins:set",
        f"""add clear copy difference difference_update discard intersection intersection_update
        isdisjoint issubset issuperset pop remove symmetric_difference symmetric_difference_update
        union update __init__ __len__ __contains__ __iter__ __and__ __or__ __sub__ __xor__ __repr__
        {_ORDER}""",
        why="containers",
        pure=True,
    ),
    Allow(
        "builtins:frozenset",
        """copy difference intersection isdisjoint issubset issuperset symmetric_difference union
        __len__ __contains__ __iter__""",
        why="containers",
        pure=True,
    ),
    Allow("builtins:tuple", "__new__", why="only for own classes", adapted=True),
    Allow("builtins:str", "__new__", why="only for own classes", adapted=True),
    Allow("builtins:int", "__new__", why="only for own classes", adapted=True),
    Allow("builtins:float", "__new__", why="only for own classes", adapted=True),
    Allow("builtins:dict", "__new__", why="only for own classes", adapted=True),
    Allow("builtins:list", "__new__", why="only for own classes", adapted=True),
    Allow("builtins:frozenset", "__new__", why="only for own classes", adapted=True),
    Allow("builtins:set", "__new__", why="only for own classes", adapted=True),
    Allow("builtins:BaseException", "__new__", why="only for own classes", adapted=True),
    Allow("builtins:OSError", "__new__", why="only for own classes", adapted=True),
    Allow("builtins:range", "start stop step count index __len__ __iter__", why="data", pure=True),
    Allow("builtins:slice", "start stop step indices", why="data", pure=True),
    # `mapping` of a dict view is absent: it is a view of whatever dict a library holds.
    Allow("_collections_abc:dict_keys", "isdisjoint __iter__ __len__", why="views", pure=True),
    Allow("_collections_abc:dict_items", "isdisjoint __iter__ __len__", why="views", pure=True),
    Allow("_collections_abc:dict_values", "__iter__ __len__", why="views", pure=True),
    Allow("types:GeneratorType", "send close __iter__ __next__", why="resumes own code"),
    Allow("types:GeneratorType", "throw", why="makes what it is given: judged", adapted=True),
    Allow(
        "builtins:property",
        "setter getter deleter",
        why="decorators in a class body; made anew: see known_bugs.py",
        adapted=True,
    ),
    Allow("builtins:property", "__doc__", why="text"),
    Allow("builtins:map", "__iter__ __next__", why="iterators"),
    Allow("builtins:zip", "__iter__ __next__", why="iterators"),
    Allow("builtins:filter", "__iter__ __next__", why="iterators"),
    Allow("builtins:enumerate", "__iter__ __next__", why="iterators"),
    *(
        Allow(f"_collections_abc:{name}", "__iter__ __next__ __length_hint__", why="iterators")
        for name in words(
            """
bytes_iterator dict_itemiterator dict_keyiterator dict_valueiterator list_iterator
list_reverseiterator longrange_iterator range_iterator set_iterator str_iterator tuple_iterator
"""
        )
    ),
    Allow("builtins:enumerate", "__reversed__", why="iterators", optional=True),
    # An exception shows what it was made with; its traceback and `obj` stay hidden.
    Allow(
        "builtins:BaseException",
        "args add_note __str__ __repr__ __cause__ __context__ __suppress_context__",
        why="an exception's own words",
        pure=True,
    ),
    Allow("builtins:BaseException", "__init__", why="only of a technique's own", adapted=True),
    Allow("builtins:AttributeError", "name", why="the name that was missing", pure=True),
    Allow("builtins:NameError", "name", why="the name that was missing", pure=True),
    Allow("builtins:ImportError", "msg name", why="the name that was missing", pure=True),
    Allow("builtins:OSError", "errno strerror", why="its own words", pure=True),
    *(
        Allow(
            f"builtins:{name}", "encoding end object reason start", why="its own words", pure=True
        )
        for name in words("UnicodeDecodeError UnicodeEncodeError UnicodeTranslateError")
    ),
    Allow("builtins:int", "is_integer", why="numbers, since Python 3.12", pure=True, optional=True),
    Allow("builtins:StopIteration", "value", why="what a generator returned", pure=True),
    Field("builtins:BaseException", "__notes__", why="an exception's own words"),
    *(
        Base(f"builtins:{name}", why="plain containers and values")
        for name in words("object dict list set frozenset tuple str int float")
    ),
    *(
        Base(f"builtins:{name}", why="exceptions of a technique's own")
        for name in words(
            """
BaseException Exception ValueError TypeError RuntimeError KeyError IndexError LookupError
ArithmeticError AssertionError AttributeError NotImplementedError StopIteration Warning
UserWarning OSError BufferError EOFError FloatingPointError ModuleNotFoundError ImportError
NameError OverflowError RecursionError ReferenceError TimeoutError UnboundLocalError UnicodeError
ZeroDivisionError BytesWarning ConnectionError FileExistsError ImportWarning InterruptedError
IsADirectoryError NotADirectoryError PendingDeprecationWarning ResourceWarning SyntaxWarning
UnicodeWarning DeprecationWarning RuntimeWarning FutureWarning PermissionError FileNotFoundError
"""
        )
    ),
    Kind("builtins:BaseException", why="caught and passed on"),
)
