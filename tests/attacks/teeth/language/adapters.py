"""Adapters: each exchanged for the raw thing that it stands in for, and each of their checks."""

from __future__ import annotations

from typing import Any, Final

from tests.attacks.teeth.language.layers import (
    CALLING,
    CLASSES_HANDED_OUT,
    NAMES,
    SOURCE,
)
from tests.attacks.teeth.mutation import Mutation, Removal


def _m(rule: str, *attacks: str, instead: Any = None, along: tuple[Removal, ...] = ()) -> Mutation:
    return Mutation(rule, attacks, instead, along)


#: What the raw thing would do.
_RAW: Final = tuple(
    _m(f"adapter {name}", attack)
    for name, attack in {
        "builtins.getattr": "getattr_default_swallow",
        "builtins.hasattr": "builtins_hasattr",
        "builtins.setattr": "set_interface_of_instance",
        "builtins.delattr": "set_deleted",
        "builtins.vars": "builtins_vars",
        "builtins.dir": "builtins_dir",
        "builtins:object.__setattr__": "set_interface_by_super",
        "torch.nn:Module.__setattr__": "set_interface_by_module_super",
        "builtins:list.__setitem__": "list_slice_emptied",
        "builtins:str.format": "format_globals",
        "builtins:str.format_map": "format_map_globals",
        "builtins:object.__new__": "class_new_of_real",
        "builtins:dict.__new__": "class_new_of_real",
        "builtins:list.__new__": "class_new_of_real",
        "builtins:BaseException.__new__": "class_new_of_real",
        "builtins:BaseException.__init__": "exc_unicode_position",
        "transformers:GenerationMixin.generate": "hf_custom_generate_called",
        "transformers.GenerationConfig": "hf_generation_config_object",
        "transformers:PreTrainedTokenizerBase.apply_chat_template": "hf_template_given",
        "transformers:PreTrainedModel.set_attn_implementation": "hf_attention_name",
        "torch:Tensor.__getitem__": "torch_walk_index_by_name",
        "torch:Tensor.__setitem__": "torch_walk_index_by_name",
        "torch.optim:Optimizer.step": "calls_step_of_other",
        "functools.update_wrapper": "update_wrapper_copies",
        "functools.total_ordering": "decorators_mark_real",
        "typing.final": "decorators_mark_real",
        "typing.overload": "decorators_mark_real",
        "typing.runtime_checkable": "decorators_mark_real",
        "abc.abstractmethod": "decorators_mark_real",
        "contextlib:ExitStack.push": "exitstack_push_traceback",
        "operator.getitem": "torch_walk_index_by_name",
        "operator.setitem": "numpy_object_array_out",
        "operator.delitem": "set_item_of_output_deleted",
        **{
            f"operator.{name}": "numpy_object_array_operators"
            for name in ("iadd", "isub", "imul", "itruediv", "ifloordiv", "iand", "ior", "ixor")
        },
        "dataclasses.dataclass": "dataclass_of_real",
        "dataclasses.asdict": "dataclass_walks_real",
        "dataclasses.astuple": "dataclass_walks_real",
        "dataclasses.fields": "dataclass_walks_real",
        "dataclasses.replace": "dataclass_walks_real",
        "collections.namedtuple": "namedtuple_other_module",
        "json.loads": "json_encoder_called",
        "copy.deepcopy": "deepcopy_memo",
    }.items()
)

#: The raw things answer with callable objects, which the guards know as little.
_MAKERS: Final = (
    _m("adapter functools.wraps", "wraps_copies", along=CALLING),
    _m("adapter operator.itemgetter", "torch_walk_index_by_name", along=CALLING),
    _m("adapter operator.attrgetter", "operator_attrgetter", along=CALLING),
    _m("adapter operator.methodcaller", "operator_methodcaller_getattribute", along=CALLING),
)

#: Option names are looked at by whoever calls a listed function, too.
_KEYS: Final = (Removal("CallGuard._judging.judging refuses if type(key) is not str"),)
#: A batch hides what C code asks for, and holds no dicts.
_SHOWN: Final = (
    Removal("hardened BatchEncoding.__getattr__"),
    Removal("missing BatchEncoding"),
)
_DICTS: Final = (*_SHOWN, Removal("_ids refuses at last", "return value"))
_FIELD_NAMES: Final = (
    *SOURCE,
    Removal("ClassGuard._check_namespace refuses if is_dunder(key)"),
    Removal("ClassGuard._of_own_class.method calls check_own(self, kind, field)"),
    Removal("make_dataclass.decorate calls guards.writing.check_own(cls, cls, name)"),
)

_BUILTINS: Final = (
    _m("make_getattr.getattr filters checked(name)", "class_mark_replaced"),
    _m("make_hasattr.hasattr calls read(obj, checked(name))", "builtins_hasattr"),
    _m("make_hasattr.hasattr filters checked(name)", "getattr_lying_names"),
    _m("make_setattr.setattr filters checked(name)", "getattr_lying_names"),
    _m("make_own_setattr.__setattr__ filters checked(name)", "getattr_lying_names"),
    _m("make_delattr.delattr filters checked(name)", "getattr_lying_names"),
    _m("make_vars.vars asks whether guards.is_own_class(type(obj))", "builtins_vars"),
    _m("make_format.format filters checked(name)", "class_mark_replaced"),
    _m("make_format_map.format_map filters checked(name)", "format_map_mark"),
    _m("_make_new.make.__new__ refuses if not is_class(cls) or not guards.is_own_class(cls)",
       "class_new_of_real"),
    _m("_make_new.make.__new__ refuses not guards.is_own_class(cls)", "class_new_of_real"),
    _m("make_exception_init.__init__ refuses if not guards.is_own_class(type(self))",
       "exc_unicode_position"),
)  # fmt: skip

_LIBRARIES: Final = (
    _m("is_plain_setting asks whether type(value) in (bool, int, str, type(None))",
       "hf_generation_config_object"),
    _m("is_plain_setting asks whether type(value) in (list, tuple)",
       "hf_generation_config_object"),
    _m("check_generation_fields refuses if key not in GENERATION_FIELDS",
       "hf_generation_config_object"),
    _m("check_generation_fields refuses if not is_plain_setting(value) and"
       " (not _is_torch_tensor(value))", "hf_generation_config_object"),
    _m("make_generate.generate calls exact_keys(options)", "lying_options", along=_KEYS),
    _m("make_generate.generate refuses if not guards.catalogue.use(type(model)).called",
       "hf_generate_of_other", along=CLASSES_HANDED_OUT),
    _m("make_generate.generate calls check_generation_fields('generate', settings)",
       "hf_generate_objects"),
    _m("make_generate.generate refuses if config is not None and"
       " type(config) is not GenerationConfig", "hf_generate_objects"),
    _m("make_generate.generate refuses if streamer is not None and"
       " (not guards.is_own_class(type(streamer)))", "hf_generate_objects"),
    _m("make_generate.generate calls guards.calls.call(each)", "calls_generate_processors",
       along=NAMES),
    _m("make_generate.generate calls guards.calls.call(options['prefix_allowed_tokens_fn'])",
       "calls_generate_processors",
       along=(*NAMES, Removal("CallGuard._judging.judging calls judge(value) #2"),
              Removal("CallGuard.handed_on asks whether type(value) not in _FUNCTION_TYPES"))),
    _m("make_generation_config.make calls exact_keys(settings)", "lying_options", along=_KEYS),
    _m("make_generation_config.make calls check_generation_fields('GenerationConfig', settings)",
       "hf_generation_config_object"),
    _m("make_apply_chat_template.apply_chat_template calls exact_keys(options)",
       "lying_options", along=_KEYS),
    _m("make_apply_chat_template.apply_chat_template refuses if key not in _TEMPLATE_OPTIONS",
       "hf_template_given"),
    _m("adapter transformers:PreTrainedTokenizerBase.pad", "hf_tokenizer_pad_interface",
       along=_SHOWN),
    _m("make_pad.pad calls exact_keys(options)", "lying_options", along=_KEYS),
    _m("_encoded refuses if type(key) is not str or key.startswith('_')",
       "hf_tokenizer_pad_interface", along=_DICTS),
    _m("_encoded refuses key.startswith('_')", "hf_tokenizer_pad_interface", along=_DICTS),
    _m("_encoded refuses type(key) is not str", "hf_tokenizer_pad_lying_key", along=_DICTS),
    _m("make_set_attn_implementation.set_attn_implementation refuses if type(attn_implementation)"
       " is not str or attn_implementation not in _ATTENTION", "hf_attention_name"),
    _m("make_set_attn_implementation.set_attn_implementation refuses type(attn_implementation)"
       " is not str", "hf_attention_name"),
    _m("make_set_attn_implementation.set_attn_implementation refuses attn_implementation not in"
       " _ATTENTION", "hf_attention_name"),
    _m("make_step.step refuses if not issubclass(type(optimizer), Optimizer)",
       "calls_step_of_other"),
)  # fmt: skip

_STANDARD_LIBRARY: Final = (
    _m("adapter json.dumps", "lying_options", along=_KEYS),
    _m("exact_keys refuses if type(key) is not str", "lying_options", along=_KEYS),
    _m("_only calls exact_keys(keywords)", "lying_options", along=_KEYS),
    _m("_only refuses if key not in allowed", "json_encoder_called", "dataclass_other_option"),
    _m("_identifier filters guards.reading.checked_name(value)", "namedtuple_renamed"),
    _m("_identifier refuses if not name.isidentifier() or name.startswith('_')",
       "namedtuple_renamed"),
    _m("_identifier refuses not name.isidentifier()", "namedtuple_renamed"),
    _m("_identifier refuses name.startswith('_')", "namedtuple_renamed"),
    _m("make_namedtuple.namedtuple filters _identifier(guards, each)", "namedtuple_renamed"),
    _m("make_namedtuple.namedtuple filters _identifier(guards, typename)", "namedtuple_titled"),
    _m("_own_only.make.decorate refuses if not own and (not (is_class(value) and"
       " guards.is_own_class(value)))", "decorators_mark_real"),
    _m("make_push.push asks whether guards.is_own_class(type(exit)) and (not callable(exit))",
       "exitstack_push_traceback"),
    _m("make_attrgetter.attrgetter filters checked(path)", "getattr_lying_names"),
    _m("make_methodcaller.methodcaller calls checked(name)", "getattr_lying_names"),
    _m("make_methodcaller.methodcaller filters checked(name)", "getattr_lying_names"),
    _m("_in_place.make.operate calls refuse_objects(a)", "numpy_object_array_operators"),
    _m("make_dataclass.dataclass calls _only('dataclass', options, _DATACLASS_OPTIONS)",
       "dataclass_other_option"),
    _m("make_dataclass.decorate refuses if not is_class(cls) or not guards.is_own_class(cls)",
       "dataclass_of_real"),
    _m("make_dataclass.decorate refuses not guards.is_own_class(cls)", "dataclass_of_real"),
    _m("make_dataclass.decorate refuses if is_dunder(guards.reading.checked_name(name)) or"
       " not name.isidentifier()", "class_dataclass_dunder_field", along=_FIELD_NAMES),
    _m("make_dataclass.decorate refuses is_dunder(guards.reading.checked_name(name))",
       "class_dataclass_dunder_field", along=_FIELD_NAMES),
    _m("_make_as.make.convert refuses if not guards.is_own_class(type(obj))",
       "dataclass_walks_real"),
    _m("make_replace.replace refuses if not guards.is_own_class(type(obj))",
       "dataclass_walks_real"),
    _m("make_replace.replace calls exact_keys(changes)", "lying_options", along=_KEYS),
    _m("make_fields.fields refuses if not guards.is_own_class(cls)", "dataclass_walks_real"),
    _m("make_loads.loads calls _only('json.loads', options, _LOADS)", "json_encoder_called"),
)  # fmt: skip

MUTATIONS: Final = (*_RAW, *_MAKERS, *_BUILTINS, *_LIBRARIES, *_STANDARD_LIBRARY)

#: Rules of adapters that no attack needs.
EXEMPT: Final = {
    **dict.fromkeys(
        (
            "_encoded asks whether type(value) in (list, tuple)",
            "_items_of_encoding refuses at last",
            "_ids asks whether type(value) in (list, tuple)",
        ),
        "chooses how a copy is made; each key and each value of it is looked at",
    ),
    **dict.fromkeys(
        (
            ("_ids asks whether (np.ndarray in mro or np.generic in mro) and value.dtype.kind in"
            " 'biuf'"),
            ("_ids asks whether type(value) in (int, float, bool, str, type(None)) or torch.Tensor"
            " in mro"),
            "_ids refuses at last",
        ),
        "says so early: lists are copied at every depth, so nothing that is walked is in the"
        " technique's hands, and arrays of such objects become no tensors",
    ),
    **dict.fromkeys(
        (
            "list _PAD_OPTIONS",
            "make_pad.pad refuses if key not in _PAD_OPTIONS or not is_plain_setting(value)",
            "make_pad.pad refuses key not in _PAD_OPTIONS",
            "make_pad.pad refuses not is_plain_setting(value)",
        ),
        "the library's own `pad` has no other options, compares these and computes with them",
    ),
    "make_exception_init.__init__ asks whether not guards.is_own_class(each) and '__init__' in"
    " dict_of(each)":
        "keeps Python's meaning: without it the own `__init__` that called it is called again, to"
        " the recursion limit, and no class above is asked that Python would not ask",
}  # fmt: skip
