"""Which dunder names a source may define or read. Every other dunder name is refused.

Ordinary names, with or without a leading underscore, are judged by the guards at run time.
"""

from __future__ import annotations

from typing import Final

from .tables.rows import words

#: The key under which a technique's class carries its call's mark. No source can spell it.
MARK: Final = " technique"


def is_dunder(name: str) -> bool:
    return name.startswith("__") and name.endswith("__")


#: Methods a class may define. Absent on purpose: what C code or the standard library reads to
#: reach memory, code or another class's machinery (`__array_interface__`, `__dlpack__`,
#: `__reduce__`, `__torch_function__`, `__getattribute__`, `__instancecheck__`, `__prepare__`,
#: `__mro_entries__`, `__buffer__`, `__fspath__`), `__index__`, which torch calls while it walks a
#: list of sizes through a bare pointer, and `__del__`, which runs at no known time.
DEFINABLE_METHODS: Final = frozenset(
    words(
        """
__init__ __new__ __post_init__ __repr__ __str__ __format__ __hash__ __bool__ __eq__ __ne__
__lt__ __le__ __gt__ __ge__ __len__ __length_hint__ __getitem__ __setitem__ __delitem__
__contains__ __missing__ __iter__ __next__ __reversed__ __call__ __enter__ __exit__ __add__
__radd__ __iadd__ __sub__ __rsub__ __isub__ __mul__ __rmul__ __imul__ __matmul__ __rmatmul__
__imatmul__ __truediv__ __rtruediv__ __itruediv__ __floordiv__ __rfloordiv__ __ifloordiv__
__mod__ __rmod__ __imod__ __divmod__ __rdivmod__ __pow__ __rpow__ __ipow__ __lshift__
__rlshift__ __ilshift__ __rshift__ __rrshift__ __irshift__ __and__ __rand__ __iand__ __or__
__ror__ __ior__ __xor__ __rxor__ __ixor__ __neg__ __pos__ __abs__ __invert__ __int__ __float__
__complex__ __round__ __trunc__ __floor__ __ceil__ __getattr__ __setattr__
__init_subclass__ __class_getitem__ __get__ __set__ __delete__ __set_name__
"""
    )
)

#: Plain data a class body may bind.
DEFINABLE_DATA: Final = frozenset({"__slots__", "__match_args__", "__doc__", "__hash__"})

#: Plain data a module may bind; nobody reads it, people write it.
MODULE_DATA: Final = frozenset({"__all__", "__author__", "__version__", "__doc__"})

#: Dunder names that may be written as a variable.
BINDABLE: Final = DEFINABLE_METHODS | DEFINABLE_DATA | MODULE_DATA | {"__delattr__"}
#: `__class__` is the class that a method stands in: one of the technique's own.
LOADABLE: Final = BINDABLE | {"__name__", "__class__"}

#: Dunder names that may follow a dot. `__class__` is what `type(x)` gives, never more.
READABLE: Final = (
    DEFINABLE_METHODS
    | {"__index__"}
    | {"__name__", "__qualname__", "__doc__", "__module__", "__class__", "__match_args__"}
    | {
        "__version__",
        "__members__",
        "__cause__",
        "__context__",
        "__suppress_context__",
        "__notes__",
    }
)

#: What to write instead of the refused attributes that people do write.
ATTRIBUTE_HINTS: Final = {
    "__dict__": "vars(obj) gives a copy of your own object's attributes",
    "__globals__": "pass what you need as an argument",
    "__code__": "a technique cannot inspect code",
    "__bases__": "isinstance(x, Base) and issubclass(A, B) work",
    "__mro__": "isinstance(x, Base) and issubclass(A, B) work",
    "__subclasses__": "keep a registry of your own classes in __init_subclass__",
    "__traceback__": "str(e) and type(e).__name__ describe an exception",
    "__annotations__": "keep field names in a tuple of your own",
    "__wrapped__": "keep a reference to the function before you decorate it",
    "__torch_function__": "wrap the tensor in a class of your own and define its operators",
    "__array__": "call .numpy() or .tolist() on a tensor, or give your class a method of its own",
    "__reduce__": "return plain data: tensors, arrays, lists, dicts",
    "__getattribute__": "define __getattr__, which is asked only for missing names",
    "__del__": "use a context manager: __enter__ and __exit__",
    "__index__": "define __int__ and write int(x) where an index is wanted",
    "__class__": "type(obj) reads an object's class; it cannot be replaced",
}
