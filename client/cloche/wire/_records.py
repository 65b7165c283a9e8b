"""Objects with named fields, as they arrive: their own classes stay where they were made."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, SupportsIndex, overload


def _is_special(name: str) -> bool:
    """Whether libraries ask objects for the name, and believe what they get: numpy would read
    memory where a field called `__array_interface__` says.
    """
    return name.startswith("__") and name.endswith("__")


class Record(dict[str, Any]):
    """Fields by name, in their order: a model's output, an encoding, an instance of a dataclass.

    A dict, whose fields are attributes too (`output.logits`) where no method of dict has the name
    and it is no special one, and whose first field is `output[0]`. `type_name` is the name of the
    class that it had.
    """

    __slots__ = ("type_name",)

    def __init__(self, type_name: str, fields: Mapping[str, Any] | Iterable[tuple[str, Any]]):
        super().__init__(fields)
        self.type_name = type_name

    def __getattr__(self, name: str) -> Any:
        try:
            if not _is_special(name):
                return dict.__getitem__(self, name)
            raise KeyError
        except KeyError:
            # A copy is asked before it has its name.
            known = name != "type_name"
            label = self.type_name if known else "a record"
            raise AttributeError(f"{label} has no field {name!r}") from None

    def __missing__(self, key: object) -> Any:
        if type(key) is int:
            return tuple(self.values())[key]
        raise KeyError(key)

    # As a frozen dataclass: a set or a dict of them arrives whole.
    def __hash__(self) -> int:  # type: ignore[override]
        return hash((self.type_name, *self.items()))

    def __repr__(self) -> str:
        return f"{self.type_name}({', '.join(f'{name}={item!r}' for name, item in self.items())})"


class RecordTuple(tuple[Any, ...]):
    """A tuple whose items have names: a namedtuple, a cache's layer, what `torch.topk` gives.

    An item is `pair[0]`, `pair["keys"]`, and `pair.keys` where no method of tuple has the name.
    `_fields` are the names, `type_name` is the name of the class that it had.
    """

    type_name: str
    _fields: tuple[str, ...]

    def __new__(cls, type_name: str, fields: Iterable[str], values: Iterable[Any]) -> RecordTuple:
        made = super().__new__(cls, values)
        made.type_name = type_name
        made._fields = tuple(fields)
        return made

    def _asdict(self) -> dict[str, Any]:
        return dict(zip(self._fields, self, strict=True))

    def __getattr__(self, name: str) -> Any:
        # While it is copied it has no names yet.
        fields = vars(self).get("_fields", ())
        if name in fields and not _is_special(name):
            return self[fields.index(name)]
        raise AttributeError(f"{vars(self).get('type_name', '')} has no field {name!r}")

    @overload
    def __getitem__(self, key: SupportsIndex | str) -> Any: ...
    @overload
    def __getitem__(self, key: slice) -> tuple[Any, ...]: ...
    def __getitem__(self, key: SupportsIndex | str | slice) -> Any:
        if isinstance(key, str):
            if key not in self._fields:
                raise KeyError(key)
            key = self._fields.index(key)
        return super().__getitem__(key)

    def __getnewargs__(self) -> tuple[Any, ...]:
        return self.type_name, self._fields, tuple(self)

    def __repr__(self) -> str:
        pairs = (f"{name}={item!r}" for name, item in zip(self._fields, self, strict=True))
        return f"{self.type_name}({', '.join(pairs)})"
