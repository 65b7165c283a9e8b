"""What lets code go by without a guard: tables by type, and what the source alone settles."""

from __future__ import annotations

from typing import Any, Final

from tests.attacks.teeth.language.layers import CALLING, INSTANCE, NAMES, REACHING
from tests.attacks.teeth.mutation import Mutation, Removal


def _m(rule: str, *attacks: str, instead: Any = None, along: tuple[Removal, ...] = ()) -> Mutation:
    return Mutation(rule, attacks, instead, along)


_TABLES: Final = (
    _m("ReadGuard.change calls self.guards.fast.forget()", "fast_base_deleted_below"),
    _m("FastWays.forget calls types.clear()", "fast_base_deleted_below"),
    _m("MethodTable._find_own asks whether not guards.is_own_function(raw)",
       "fast_method_of_real_base", instead="False"),
    _m("ReadGuard.slow_read asks whether not self.changing", "fast_decided_inside_dataclass"),
    _m("ReadGuard.slow_read asks whether plain and name in self.guards.fast.open",
       "read_unheld_twice"),
    _m("ReadGuard._fast_read.read asks whether verdict is OPEN or verdict is LISTED",
       "read_unheld_twice"),
    _m("ReadGuard.change calls self._own_above.clear()", "read_super_after_delete"),
    _m("ReadGuard._read_super asks whether not self.changing", "read_super_inside_dataclass"),
    _m("WriteGuard.slow_write asks whether not guards.reading.changing", "set_inside_dataclass"),
    _m("WriteGuard.forget calls self.filled.clear()", "dataclass_set_after_delete"),
    _m("ReadGuard.decide asks whether found is LISTED and guards.is_own_class(cls) and"
       " (name in guards.fast.shadows)", "calls_held_under_listed_name", instead="False",
       along=NAMES),
    _m("WriteGuard.slow_write calls guards.reading.change(setattr, obj, name, value)",
       "calls_replaced_in_class", instead="setattr(obj, name, value)", along=NAMES),
    _m("ReadGuard._read_super asks whether key in self._own_above", "read_super_unlisted"),
    _m("CallGuard._is_method_allowed asks whether key in self._allowed_methods",
       "calls_method_of_real", along=INSTANCE),
    _m("CallGuard._is_method_allowed asks whether self._is_function_allowed(function, bound)",
       "calls_method_of_real", along=INSTANCE),
    _m("CallGuard.slow_call asks whether _runs(callee, _JUDGING)", "eval_builtin",
       along=REACHING),
    _m("CallGuard.slow_call asks whether _runs(method_function(callee), _BOUND)",
       "calls_method_of_real", along=INSTANCE),
    _m("_runs answers type(value) is types.FunctionType and value.__code__ is code",
       "eval_builtin", along=REACHING),
)  # fmt: skip

_PLAIN: Final = (
    _m("PlainNames.is_plain answers next(self.unknown(node, scopes), None) is None",
       "numpy_object_array_augmented"),
    _m("PlainNames.unknown asks whether len(values) == 1 and"
       " (not isinstance(values[0], ast.Constant))", "fast_text_of_own_kind", instead="False"),
    _m("PlainNames.unknown asks whether not self._is_plain_name(name, scopes)",
       "numpy_object_array_augmented", instead="False"),
    _m("PlainNames._is_plain_name answers scope.kind != 'module' and name in"
       " self._plain_of(scope, scopes[:depth])", "numpy_object_array_augmented"),
    _m("PlainNames._is_plain_source answers source is not None and"
       " self.is_plain(source, scopes)", "numpy_object_array_augmented"),
)  # fmt: skip

_OTHERS: Final = (
    _m("ReadGuard._only_for.method refuses if cls not in mro_of(type(self))",
       "mixin_index_cleared"),
    _m("adapter collections.ChainMap", "mixin_index_cleared"),
    _m("ChainMap.__init__ refuses if not _is_plain(type(each))", "mixin_index_cleared"),
    _m("_is_plain answers cls in _PLAIN_TYPES or (any((MARK in dict_of(each) for each in mro)) and"
       " list not in mro)", "mixin_index_cleared", "list_slice_emptied"),
    _m("ClassGuard._without_traceback.leave filters hand_out(kind)", "frame_exit_kind"),
    _m("make_type.TypeOfTypes.__call__ filters hand_out(value.cls if type(value) is ClassToken"
       " else type(value))", "class_token_called", along=CALLING),
)  # fmt: skip

MUTATIONS: Final = (*_TABLES, *_PLAIN, *_OTHERS)
