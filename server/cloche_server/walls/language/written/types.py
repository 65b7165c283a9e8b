"""Plain holders of values."""

from collections.abc import Mapping


class SimpleNamespace:
    def __init__(self, mapping_or_iterable=(), /, **values):
        for key, value in {**dict(mapping_or_iterable), **values}.items():
            setattr(self, key, value)

    def __repr__(self):
        inside = ", ".join(f"{key}={value!r}" for key, value in vars(self).items())
        return f"namespace({inside})"

    def __eq__(self, other):
        if not isinstance(other, SimpleNamespace):
            return NotImplemented
        return vars(self) == vars(other)

    __hash__ = None


class MappingProxyType(Mapping):
    def __init__(self, mapping):
        if not hasattr(mapping, "keys"):
            raise TypeError("mappingproxy() argument must be a mapping")
        self._mapping = mapping

    def __getitem__(self, key):
        return self._mapping[key]

    def __iter__(self):
        return iter(self._mapping)

    def __len__(self):
        return len(self._mapping)

    def __contains__(self, key):
        return key in self._mapping

    def __or__(self, other):
        return dict(self._mapping) | dict(other)

    def __ror__(self, other):
        return dict(other) | dict(self._mapping)

    def __reversed__(self):
        return reversed(self._mapping)

    def __repr__(self):
        return f"mappingproxy({self._mapping!r})"

    def copy(self):
        return self._mapping.copy()
