"""Names that a real base keeps for itself: each way for a class or an object to take one."""

from __future__ import annotations

from typing import Any, Final

from tests.attacks.teeth.mutation import Mutation, Removal


def _m(rule: str, *attacks: str, instead: Any = None, along: tuple[Removal, ...] = ()) -> Mutation:
    return Mutation(rule, attacks, instead, along)


#: Two layers: what fills a register, and what answers out of it.
_CACHED: Final = "adapter functools.cached_property"
_ANSWERS: Final = "hardened Module.__getattr__"

MUTATIONS: Final = (
    _m("ClassGuard._check_private refuses if holder is not None",
       "class_private_method", "class_private_method_bound"),
    _m("ClassGuard.build_class calls self._check_private(name, resolved, namespace)",
       "class_private_method"),
    _m("ClassGuard.keeps asks whether self.guards.is_own_class(real) or not is_private(name)",
       "class_private_method"),
    _m("ClassGuard.keeps answers name not in self.guards.catalogue.overridable and name in"
       " private_names(real)", "class_private_method", instead="False"),
    _m("ClassGuard.is_reserved_below asks whether self.guards.reading.is_reserved(cls, name)",
       "class_private_method_later", instead="False"),
    _m("ReadGuard.is_reserved asks whether name[0] != '_' or not guards.is_own_class(cls)",
       "class_private_method_later"),
    _m(_CACHED, "class_registry_taken_over", along=(Removal(_ANSWERS),)),
    _m("CachedProperty.__get__ calls self._check(instance, type(instance), self._name)",
       "class_registry_taken_over", along=(Removal(_ANSWERS),)),
    _m(_ANSWERS, "class_registry_taken_over", along=(Removal(_CACHED),)),
    _m("_harden_attributes_of_modules.__getattr__ refuses if name.startswith('__')",
       "class_registry_taken_over", along=(Removal(_CACHED),)),
)  # fmt: skip

EXEMPT: Final = {
    "ReadGuard.is_reserved asks whether any((name in guards.catalogue.reserved.get(each, ())"
    " for each in mro))":
        "peft's own names, where a server has adapters: tests/server/walls/language/test_peft.py",
    "CachedProperty.__get__ refuses if self._name is None": "says what Python says",
    "CachedProperty.__set_name__ refuses if self._name not in (None, name)":
        "says what Python says",
    "CachedProperty.__get__ asks whether self._name not in kept": "keeps what was computed",
    "list _ROOTS": "without it more names are kept from a technique, not fewer",
}  # fmt: skip
