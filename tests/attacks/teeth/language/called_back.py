"""What C code and libraries call, make or hand out by themselves, with values nobody judged."""

from __future__ import annotations

import sys
from typing import Any, Final

from tests.attacks.teeth.language.layers import CALLING
from tests.attacks.teeth.mutation import Mutation, Removal


def _m(rule: str, *attacks: str, instead: Any = None, along: tuple[Removal, ...] = ()) -> Mutation:
    return Mutation(rule, attacks, instead, along)


#: Bugs of this Python; later ones have them no more.
_BUGS: Final = (
    *(
        _m(f"adapter builtins:property.{name}", "property_lets_none_go")
        for name in ("getter", "setter", "deleter")
        if sys.version_info < (3, 11, 9)
    ),
    *(
        _m(f"adapter {name}", "deque_index_freed")
        for name in ("collections:deque.index",)
        if sys.version_info < (3, 11, 9)
    ),
)

MUTATIONS: Final = (
    *_BUGS,
    _m("ReadGuard._listed_on_class refuses if type(raw) in _SLOTS or property in mro_of(type(raw))",
       "descriptor_of_builtin", "descriptor_of_library"),
    _m("ReadGuard._listed_on_class refuses type(raw) in _SLOTS", "descriptor_of_builtin"),
    _m("ReadGuard._no_descriptor refuses if type(value) in _SLOTS or (type(value) is _FUNCTION and"
       " (not self.is_held(value)))", "class_slot_handed_out"),
    _m("ReadGuard._no_descriptor refuses type(value) in _SLOTS", "class_slot_handed_out"),
    _m("ReadGuard._no_descriptor refuses type(value) is _FUNCTION and (not self.is_held(value))",
       "dataclass_init_leaked"),
    _m("make_dataclass.decorate filters _as_own(own[name])", "dataclass_field_shared"),
    _m("visitor visit_YieldFrom", "frame_thrown_delegate"),
    _m("Delegate.__getattr__ filters _without_traceback(found)", "frame_thrown_delegate"),
    _m("adapter contextlib.contextmanager", "frame_thrown_into_own", along=CALLING),
    _m("make_contextmanager.contextmanager.start refuses if type(made) is not"
       " types.GeneratorType", "frame_thrown_into_own"),
    _m("ClassGuard._method asks whether key == '__setattr__'", "exc_traceback_set",
       instead="False"),
    _m("ClassGuard._method filters self._for_ordinary_names(inner)", "exc_traceback_set"),
    _m("ClassGuard._for_ordinary_names.__setattr__ asks whether type(name) is str and"
       " is_dunder(name)", "exc_traceback_set", instead="False"),
    _m("list _SLOTS", "descriptor_of_builtin", instead=lambda old: frozenset()),
    _m("adapter types:GeneratorType.throw", "generator_throw_class", "numpy_calls_back"),
    _m("make_throw.throw asks whether is_class(error)", "generator_throw_class",
       instead="False"),
    _m("adapter typing.ChainMap", "typing_chain_map_of_objects",
       along=(Removal("adapter collections.ChainMap"),)),
    _m("hardened TransformerEncoder.forward", "torch_nested_from_encoder"),
    _m("hardened torch.nn.utils._named_member_accessor.swap_tensor",
       "torch_functional_call_names"),
    _m("_harden_swaps.make.swap_tensor refuses if type(name) is not str or not any((name in"
       " held[each] for each in ('_parameters', '_buffers')))", "torch_functional_call_names"),
)  # fmt: skip

_MENDED: Final = "this Python has no such bug: tests/server/walls/language/test_known_bugs.py"

EXEMPT: Final = {
    **{
        f"adapter {name}": _MENDED
        for name in (
            *(f"builtins:property.{each}" for each in ("getter", "setter", "deleter")),
            "collections:deque.index",
        )
        if sys.version_info >= (3, 11, 9)
    },
    **dict.fromkeys(
        (
            "_exactly refuses if type(value) is not cls",
            "_property_method.make.exchange calls _exactly(property, old, name)",
            "make_index.index calls _exactly(collections.deque, items, 'index')",
            "make_index.index refuses except ValueError",
        ),
        "says what Python says: the stand-in is for objects of that class",
    ),
    "_find_codec.decode refuses if errors != 'strict'":
        "a letter of a freed buffer is read into a warning that nobody sees:"
        " tests/server/walls/language/test_known_bugs.py",
    "list BUGS": "says what is known",
    "ReadGuard._listed_on_class refuses property in mro_of(type(raw))":
        "a library's property would be given objects of a technique's class: nothing was found"
        " that believes one",
    "make_throw.throw asks whether not isinstance(value, error)": "keeps Python's meaning",
    "make_throw.throw refuses if trace is not None": "nobody is handed a traceback",
    "adapter typing.OrderedDict":
        "what the library's own alias makes can be made by nobody: no row lists it, and none its"
        " methods (typing_ordered_dict_freed)",
}  # fmt: skip
