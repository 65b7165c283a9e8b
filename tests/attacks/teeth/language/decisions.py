"""Decisions of the guards: what may be read, called, written and made a class."""

from __future__ import annotations

from typing import Any, Final

from tests.attacks.teeth.language.layers import (
    CALLING,
    INSTANCE,
    NAMES,
    PASSING_ON,
    REACHING,
    READING,
    SOURCE,
    SUPER,
)
from tests.attacks.teeth.mutation import Mutation, Removal

#: Of a class of the technique's own no function is handed out that nobody listed.
_UNHELD: Final = Removal(
    "ReadGuard._no_descriptor refuses type(value) is _FUNCTION and (not self.is_held(value))"
)


def _of(owner: str, *mutations: Mutation) -> tuple[Mutation, ...]:
    """Mutations whose rules are of one class."""
    return tuple(
        Mutation(f"{owner}.{each.rule}", each.attacks, each.instead, each.along)
        for each in mutations
    )


def _m(rule: str, *attacks: str, instead: Any = None, along: tuple[Removal, ...] = ()) -> Mutation:
    return Mutation(rule, attacks, instead, along)


_GUARDS: Final = _of(
    "Guards",
    _m("is_own_class answers dict_of(cls).get(MARK) is self.mark", "class_base_unlisted"),
    _m("is_own_function answers type(value) is types.FunctionType and"
       " globals_of(value) is self.namespace", "calls_own_call_is_eval", along=NAMES),
)  # fmt: skip

_READING: Final = _of(
    "ReadGuard",
    _m("change calls self.verdicts.clear()", "read_after_delete"),
    _m("change calls self.guards.writing.forget()", "set_after_delete"),
    _m("checked_name refuses if type(name) is not str", "getattr_lying_names"),
    _m("checked_name refuses if name.startswith(' ')", "class_mark_replaced"),
    _m("plain_name filters self.checked_name(str.__str__(name) if held else name)",
       "class_mark_replaced"),
    _m("decide refuses if dunder and name not in READABLE", "read_reduce", along=INSTANCE),
    _m("decide refuses if self.is_reserved(cls, name)", "read_registry_of_own"),
    _m("decide asks whether index >= 0 and guards.is_own_class(mro[index])", "frame_generator"),
    _m("decide asks whether in_instance and any((name in catalogue.fields.get(each, ())"
       " for each in mro))", "frame_generator"),
    _m("decide asks whether index < 0 and (not dunder)", "read_unlisted_of_instance"),
    _m("decide asks whether guards.is_own_class(cls) or cls in catalogue.named",
       "read_unlisted_data"),
    _m("decide asks whether catalogue.use(cls).data and (not name.startswith('_'))",
       "read_private_data"),
    _m("decide asks whether public and type(raw) in _CLASS_DATA_TYPES and"
       " catalogue.use(cls).data", "read_private_default"),
    _m("decide asks whether name == 'forward' and catalogue.use(cls).called", "frame_generator"),
    _m("decide refuses at last", "frame_generator", "frame_generator_dynamic",
       instead="return OPEN"),
    _m("decide filters self._judged(name) #1", "read_unheld_data", instead="OPEN"),
    _m("_listed filters read_of_array(obj, name)", "numpy_object_array_items",
       instead="getattr(obj, name)",
       along=(Removal("CallGuard._is_listed answers not member.adapter and"
                      " (not member.arrays) and (member.bounded is None)"),)),
    _m("_judged.judged asks whether self.is_held(value)", "read_unheld_data"),
    _m("_judged.judged refuses at last", "read_unheld_data", instead="return value"),
    _m("is_held asks whether cls in PLAIN_TYPES or cls in self._held_types", "read_unheld_data"),
    _m("is_held answers guards.is_own_class(value) or id(value) in guards.catalogue.classes",
       "read_unheld_data"),
    _m("_read_facade refuses at last", "read_adapter_members",
       instead="return getattr(__import__('importlib').import_module(module), name)"),
    _m("_read_function asks whether self.guards.is_own_function(function) and"
       " (not is_dunder(name))", "read_wrapped_of_function"),
    _m("_read_function refuses at last", "getattr_default_swallow", "attr_method_self",
       instead="return getattr(function, name)"),
    _m("read_class refuses if self.is_reserved(cls, name)", "read_registry_of_class"),
    _m("read_class asks whether index >= 0 and guards.is_own_class(mro[index])",
       "read_unlisted_of_class", along=(_UNHELD,)),
    _m("read_class asks whether (not is_dunder(name) or name in READABLE) and (meta_index < 0"
       " or name in READABLE or mro_of(type(cls))[meta_index] is not type)",
       "read_own_class_dict"),
    _m("read_class asks whether type(raw) in _CLASS_DATA_TYPES and catalogue.use(cls).data and"
       " (name[0] != '_')", "read_unlisted_of_class"),
    _m("read_class asks whether rows in (OPEN, LISTED)", "read_mro", "read_subclasses"),
    _m("read_class refuses at last", "read_mro", instead="return getattr(cls, name)"),
    _m("_listed_on_class asks whether member.adapter", "set_registry_by_unbound", instead="False"),
    _m("_listed_on_class asks whether member.arrays", "numpy_object_array_swapped",
       instead="False"),
    _m("_read_super refuses if is_dunder(name) and name not in READABLE", "read_super_special",
       along=(SUPER[1],)),
    _m("_read_super refuses if bound is None", "read_super_unbound",
       instead="return getattr(proxy, name)"),
    _m("_read_super asks whether self.guards.is_own_class(mro[index])", "read_super_unlisted"),
    _m("_read_super asks whether verdict is None and name == 'forward' and called",
       "read_super_unlisted"),
    _m("_read_super refuses if verdict is None", "read_super_unlisted", instead="verdict = OPEN"),
    _m("_read_super asks whether verdict is OPEN or verdict is LISTED",
       "set_interface_by_super", along=CALLING),
    _m("hand_out_class asks whether guards.is_own_class(cls) or"
       " id(cls) in guards.catalogue.classes", "class_token_called", along=CALLING),
)  # fmt: skip

_FIRST: Final = (Removal("CallGuard._judging.judging calls judge(value) #1"),)

_CALLING: Final = _of(
    "CallGuard",
    _m("_fast_call.call asks whether type(callee) is function and"
       " callee.__globals__ is namespace", "eval_builtin", along=REACHING),
    _m("_fast_call.call asks whether id(callee) in plain", "eval_builtin", along=REACHING),
    _m("_fast_method.read_method asks whether type(called) is function and"
       " called.__globals__ is namespace", "calls_method_twice", along=INSTANCE),
    _m("slow_call asks whether id(callee) in guards.adopted", "eval_builtin", along=NAMES),
    _m("slow_call asks whether is_class(made) and guards.is_own_class(made)",
       "calls_alias_of_partial", "calls_alias_of_unlisted"),
    _m("slow_call asks whether guards.is_own_class(callee)", "names_class", along=NAMES),
    _m("slow_call asks whether guards.is_own_class(cls)", "eval_builtin", along=REACHING),
    _m("slow_call asks whether guards.is_own_function(method_function(callee))",
       "calls_method_of_real", along=INSTANCE),
    _m("slow_call asks whether self._is_method_allowed(callee)", "calls_method_of_real",
       along=INSTANCE),
    _m("slow_call asks whether self._is_member(builtin_self(callee), builtin_name(callee))",
       "eval_builtin", along=NAMES),
    _m("slow_call asks whether self._is_member(wrapper_self(callee), wrapper_name(callee))",
       "calls_wrapper", along=(*SOURCE, *READING)),
    _m("slow_call asks whether self._is_descriptor_allowed(callee)", "object_getattribute",
       along=(*SOURCE, *READING)),
    _m("slow_call calls self.call(partial_function(callee))", "calls_partial_of_unlisted",
       along=(*NAMES, *PASSING_ON, *_FIRST)),
    _m("slow_call calls self.call(callee.__wrapped__)", "calls_cache_of_unlisted",
       along=(*NAMES, *PASSING_ON, *_FIRST)),
    _m("slow_call asks whether guards.catalogue.use(cls).called", "names_object", along=NAMES),
    _m("slow_call refuses at last", "eval_builtin", "decorator_eval", instead="return callee",
       along=REACHING),
    _m("slow_call filters self._judging(callee) #1", "calls_map", along=NAMES),
    _m("slow_call filters self._judging(callee) #2", "calls_json_parse", along=NAMES),
    _m("slow_call filters self._judging(callee) #3", "calls_backward_hook", along=NAMES),
    _m("slow_call filters self._judging(callee) #4", "calls_sort", along=NAMES),
    _m("slow_call filters self._judging(callee) #6", "calls_unbound_sort", along=NAMES),
    _m("slow_call filters self._judging(callee) #7", "calls_partial",
       along=(*NAMES, *PASSING_ON)),
    _m("slow_call filters self._judging(callee) #8", "calls_cache",
       along=(*NAMES, *PASSING_ON)),
    _m("slow_call filters self._judging(callee) #9", "calls_context", along=NAMES),
    _m("_is_function_allowed asks whether id(function) in guards.adopted", "calls_method_of_real",
       along=INSTANCE),
    _m("_is_member asks whether name == 'forward' and"
       " self.guards.catalogue.use(type(bound)).called", "calls_method_of_real", along=INSTANCE),
    _m("_is_listed answers not member.adapter and (not member.arrays) and"
       " (member.bounded is None)", "format_unbound_str",
       along=(Removal("ReadGuard._listed_on_class asks whether member.adapter", "False"),)),
    _m("_judging.judging asks whether type(value) not in PLAIN_TYPES #1", "calls_map",
       instead="False", along=(*NAMES, *PASSING_ON)),
    _m("_judging.judging asks whether type(value) not in PLAIN_TYPES #2", "calls_key",
       instead="False", along=(*NAMES, *PASSING_ON)),
    _m("_judging.judging calls judge(each)", "calls_walked_list", along=NAMES),
    _m("_judging.judging calls judge(value) #1", "calls_map",
       along=(*NAMES, *PASSING_ON)),
    _m("_judging.judging calls judge(value) #2", "calls_key",
       along=(*NAMES, *PASSING_ON)),
    _m("_judging.judging refuses if type(key) is not str", "calls_lying_keyword"),
    _m("_to_be_called asks whether type(value) in _FUNCTION_TYPES or called or is_class(value)",
       "calls_map_through_starmap", instead="False", along=NAMES),
    _m("judge_argument calls self.call(value)", "calls_map",
       along=(*NAMES, *PASSING_ON)),
)  # fmt: skip

_FACADES: Final = (
    _m("ClassToken.__call__ refuses at last", "class_token_called",
       instead="return self.cls(*args, **kwargs)", along=CALLING),
    _m("make_type.TypeOfTypes.__call__ refuses at last", "class_type_made",
       instead="return type(*args, **kwargs)"),
)  # fmt: skip

_WRITING: Final = _of(
    "WriteGuard",
    _m("forget calls self._writable.clear()", "set_after_delete"),
    _m("slow_write asks whether guards.is_own_class(cls)", "set_template"),
    _m("slow_write asks whether is_class(obj) and guards.is_own_class(obj)",
       "set_class_of_library", instead="is_class(obj)"),
    _m("slow_write asks whether guards.is_own_function(obj) or (id(obj) in guards.adopted and"
       " cls is FunctionType)",
       "set_template", "typing_alias_sets_class"),
    _m("slow_write calls self.check_own(obj, cls, name)", "set_interface_of_instance"),
    _m("slow_write refuses if is_dunder(name) and (not text) or"
       " guards.classes.is_reserved_below(obj, name)", "set_interface_of_class"),
    _m("slow_write refuses is_dunder(name) and (not text)", "set_interface_of_class"),
    _m("slow_write refuses guards.classes.is_reserved_below(obj, name)", "set_registry"),
    _m("slow_write refuses if is_dunder(name) and (not (name in _FUNCTION_TEXT and"
       " type(value) in (str, _NONE)))", "set_function_special"),
    _m("write_past_own refuses if not self.guards.is_own_class(cls)", "set_on_real_by_unbound"),
    _m("write_past_own calls self.check_own(obj, cls, name)", "set_interface_by_super"),
    _m("delete asks whether guards.is_own_class(cls)", "set_deleted"),
    _m("delete calls self.check_own(obj, cls, name)", "set_deleted_special", "set_registry"),
    _m("delete calls guards.reading.change(delattr, obj, name)", "read_after_delete",
       instead="delattr(obj, name)"),
    _m("delete refuses if not (is_class(obj) and guards.is_own_class(obj)) and"
       " (not guards.is_own_function(obj)) or is_dunder(name) or (is_class(obj) and"
       " guards.reading.is_reserved(obj, name))", "set_deleted"),
    _m("delete refuses not (is_class(obj) and guards.is_own_class(obj)) and"
       " (not guards.is_own_function(obj))", "set_deleted"),
    _m("delete refuses is_dunder(name)", "set_deleted"),
    _m("delete refuses is_class(obj) and guards.reading.is_reserved(obj, name)",
       "set_deleted_registry"),
    _m("check_own refuses if is_dunder(name) or self.guards.reading.is_reserved(cls, name)",
       "set_interface_of_instance"),
    _m("check_own refuses is_dunder(name)", "set_interface_of_instance"),
    _m("check_own refuses self.guards.reading.is_reserved(cls, name)", "set_registry"),
    _m("check_own asks whether index < 0 or self.guards.is_own_class(mro[index])",
       "set_base_method_public"),
    _m("check_own refuses if not any((name in each for each in settable)) and raw is not None",
       "set_base_method_public"),
    _m("_write_real asks whether CHECKS[check](self.guards, obj, name, value)", "set_flag"),
    _m("_write_real refuses if check", "set_flag", instead="setattr(obj, name, value); return"),
    _m("_write_real refuses at last", "set_template", instead="setattr(obj, name, value)"),
    _m("items asks whether cls in self.settable", "set_item_of_output"),
    _m("items asks whether self.guards.is_own_class(cls)", "set_item_of_output"),
    _m("items asks whether self.guards.catalogue.use(cls).items", "set_item_of_output"),
    _m("items calls refuse_objects(obj)", "numpy_object_array_items"),
    _m("items asks whether list in mro_of(cls)", "list_slice_emptied", instead="False"),
    _m("items asks whether cls is np.ndarray or torch.Tensor in mro_of(cls)",
       "torch_walk_index_set", instead="False"),
    _m("items refuses at last", "set_item_of_real", instead="return obj"),
)  # fmt: skip

_CHECKS: Final = (
    _m("_number answers type(value) in (bool, int, _NONE) or (type(value) is float and"
       " math.isfinite(value))", "set_number"),
    _m("_flag answers type(value) is bool", "set_flag"),
    _m("_text answers type(value) in (str, _NONE)", "set_text"),
    _m("_side answers type(value) is str and value in ('left', 'right')", "set_side"),
    _m("_tensor answers value is None or is_a(value, 'Tensor')", "set_data"),
    _m("_ids answers type(value) in (int, _NONE)", "set_ids"),
    _m("_forward calls guards.calls.call(value)", "setattr_forward_eval", along=NAMES),
    _m("_alike answers is_a(value, 'Tensor') and all((getattr(obj, each) == getattr(value, each)"
       " for each in ('shape', 'dtype', 'device', 'layout')))",
       "torch_data_resized", along=(Removal("hardened Tensor.data"),)),
)  # fmt: skip

_BOTH_BASES: Final = (Removal("ClassGuard.build_class calls self._check_base(base) #2"),)
_ENUM: Final = (Removal("hardened EnumType._create_"),)
#: What a function chosen as metaclass would fail at.
_META: Final = (
    Removal("ClassGuard.build_class asks whether enum.EnumType in mro_of(meta)", "False"),
)
_PRIVATE: Final = (
    Removal("ClassGuard.build_class calls self._check_private(name, resolved, namespace)"),
)

_CLASSES: Final = (*_of(
    "ClassGuard",
    _m("build_class calls self._check_base(base) #1", "class_base_unlisted", along=_BOTH_BASES),
    _m("build_class calls self._check_base(base) #2", "class_base_by_typing"),
    _m("build_class calls self._check_namespace(name, namespace)", "class_getattr_protocol"),
    _m("build_class refuses if 'metaclass' in keywords", "class_metaclass_function",
       along=(Removal("TechniqueTransformer.visit_ClassDef refuses if keyword.arg is None or"
                      " keyword.arg == 'metaclass'"), *_META)),
    _m("_check_base asks whether self.guards.is_own_class(base)", "class_base_unlisted"),
    _m("_check_base asks whether id(base) in self.guards.catalogue.bases #1",
       "class_base_unlisted"),
    _m("_check_base calls self._check_finished(base)", "dataclass_half_made",
       "dataclass_while_made"),
    _m("_check_finished asks whether '__dataclass_fields__' not in dict_of(each)",
       "dataclass_half_made", "dataclass_while_made"),
    _m("_check_finished refuses if type(value) is types.FunctionType and (not known)",
       "dataclass_half_made", "dataclass_while_made"),
    _m("_check_base refuses at last", "class_base_unlisted", "class_base_token"),
    _m("build_class asks whether not _ASKED.isdisjoint(namespace) or types.FunctionType in"
       " map(type, inherited)", "numpy_list_cleared", instead="False"),
    _m("build_class asks whether not _ASKED.isdisjoint(namespace) or types.FunctionType in"
       " map(type, inherited)", "numpy_layers_cleared",
       instead="not _ASKED.isdisjoint(namespace)"),
    _m("_check_namespace asks whether is_dunder(key) and key not in _PYTHONS_OWN",
       "class_getattr_protocol", instead="False"),
    _m("_check_namespace calls self._check_dunder(name, key, namespace)",
       "class_getattr_protocol"),
    _m("build_class asks whether enum.EnumType in mro_of(meta)", "class_enum_iterated",
       instead="False", along=_ENUM),
    _m("_check_namespace refuses if is_dunder(key)", "class_special_annotation", along=SOURCE),
    _m("_is_listed answers descriptor_name[kind](descriptor) == key and member is not None and"
       " member.pure", "class_special_popped"),
    _m("_check_dunder refuses if type(value) not in (str, type(None))", "class_doc_is_object"),
    _m("_check_dunder refuses if type(names) not in (tuple, list) or"
       " any((type(each) is not str for each in names))", "class_slots_that_lie"),
    _m("_check_dunder refuses type(names) not in (tuple, list)", "class_slots_that_lie"),
    _m("_check_dunder refuses any((type(each) is not str for each in names))",
       "class_slots_that_lie"),
    _m("_check_dunder refuses if any((is_dunder(each) for each in names))",
       "class_slot_of_special_name"),
    _m("_check_dunder asks whether value is None and key in ('__hash__', '__iter__',"
       " '__contains__', '__reversed__')", "class_deepcopy", along=SOURCE),
    _m("_check_dunder asks whether type(value) in DESCRIPTOR_TYPES and value in"
       " _OF_ITEMS.get(key, ())", "class_deepcopy", along=SOURCE, instead="True"),
    _m("_of_items asks whether key == '__getattr__'", "class_attributes_as_items",
       instead="False"),
    _m("_of_items filters _without_dunders(function)", "class_special_is_other_descriptor"),
    _m("_check_dunder asks whether key in DEFINABLE_METHODS", "class_deepcopy", along=SOURCE),
    _m("_check_dunder refuses unless key in DEFINABLE_METHODS", "class_deepcopy",
       "class_interface_bound", along=SOURCE),
    _m("_method refuses if not self.guards.is_own_function(inner) and"
       " id(inner) not in self.guards.adopted", "calls_own_call_is_eval", along=NAMES),
    _m("_method asks whether key == '__getattr__'", "class_getattr_protocol", instead="False"),
    _m("_method asks whether key == '__exit__'", "frame_exit_traceback", instead="False"),
    _m("_method filters _without_dunders(inner)", "class_getattr_protocol"),
    _m("_method filters self._without_traceback(inner)", "frame_exit_traceback"),
    _m("adopt_generated filters self._of_own_class(cls, name, inner)", "dataclass_init_on_real",
       instead="self.guards.adopt(inner)"),
    _m("_of_own_class.method asks whether (cls, kind) not in filled", "dataclass_init_on_real",
       instead="False"),
    _m("_of_own_class.method asks whether not reading.changing", "dataclass_set_inside_dataclass"),
    _m("_of_own_class.method refuses if not is_class(kind) or cls not in mro_of(kind)",
       "dataclass_init_on_real", "dataclass_init_through_map"),
    _m("_of_own_class.method refuses cls not in mro_of(kind)", "dataclass_init_on_real"),
    _m("_of_own_class.method calls check_own(self, kind, field)", "dataclass_sets_registry"),
    _m("_of_own_class.method asks whether name in ('__setattr__', '__delattr__') and args",
       "dataclass_frozen_setattr", instead="False"),
    _m("_of_own_class.method calls check_own(self, kind, checked(args[0]))",
       "dataclass_frozen_setattr"),
    _m("_of_own_class.method filters checked(args[0])", "dataclass_frozen_lying_name"),
),
    _m("make_dataclass.decorate calls guards.writing.check_own(cls, cls, name)",
       "dataclass_called_while_made", along=_PRIVATE),
    _m("make_dataclass.decorate calls guards.classes.adopt_generated(cls, written)",
       "dataclass_half_made",
       along=(Removal("ClassGuard._check_base calls self._check_finished(base)"),)),
    _m("_without_dunders.__getattr__ refuses if type(name) is not str or is_dunder(name)",
       "class_getattr_protocol"),
    _m("_without_dunders.__getattr__ refuses is_dunder(name)", "class_getattr_protocol"),
)  # fmt: skip

MUTATIONS: Final = (
    *_GUARDS, *_READING, *_CALLING, *_FACADES, *_WRITING, *_CHECKS, *_CLASSES,
)  # fmt: skip
