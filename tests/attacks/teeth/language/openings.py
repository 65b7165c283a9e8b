"""What techniques put on real objects, and what they set there: each way past the look at it."""

from __future__ import annotations

from typing import Any, Final

from tests.attacks.teeth.mutation import Mutation, Removal


def _m(rule: str, *attacks: str, instead: Any = None, along: tuple[Removal, ...] = ()) -> Mutation:
    return Mutation(rule, attacks, instead, along)


def _with_quantized(old: Any) -> Any:
    return {key: {*texts, "quantized"} for key, texts in old.items()}


_ADDITIONS: Final = (
    _m("has_added answers name in data_of(obj).get(ADDED, ())", "set_module_after_own",
       "read_registers"),
    _m("is_free asks whether is_dunder(name) or owner_of(mro_of(cls), name)[0] >= 0",
       "set_module_defined", instead="False"),
    _m("is_free answers not private or not any((name in private_names(each) for each in"
       " _real(cls)))", "set_module_private_asked"),
    _m("may_hold asks whether name.startswith('_')", "set_hook_of_accelerate", instead="False"),
    _m("may_hold answers type(value) in (*_LEAD_NOWHERE, str) or is_a(value, 'Tensor')",
       "set_hook_of_accelerate"),
    _m("may_hold asks whether type(value) in _LEAD_NOWHERE or is_a(value, 'Module') or"
       " is_a(value, 'Tensor')", "set_module_new_object"),
    _m("may_hold answers not asked and guards.reading.is_held(value)", "set_module_new_object"),
    _m("list _LEAD_NOWHERE", "set_module_new_object", instead=(type(iter(())),)),
    _m("module_data asks whether not is_free(type(obj), name)", "set_module_defined",
       instead="False"),
    _m("module_data asks whether has_added(obj, name)", "set_module_after_own"),
    _m("module_data asks whether registered(obj, name)", "set_module_after_own"),
    _m("module_data asks whether name in data", "set_module_after_own", instead="False"),
    _m("module_data answers not name.startswith('_') and (value is None or is_a(value, 'Module')"
       " or is_a(value, 'Tensor'))", "set_module_parameter"),
    _m("module_data answers not name.startswith('_') and like_by_like(data[name], value)",
       "set_module_number"),
    _m("like_by_like answers type(old) in (bool, int, float) and type(value) in (type(old), int)",
       "set_module_number"),
    _m("like_by_like asks whether type(old) is int and old > 0 and (not (type(value) is int and"
       " value > 0))", "set_module_heads", instead="False",
       along=(Removal("hardened torch._transformer_encoder_layer_fwd"),
              Removal("hardened torch._native_multi_head_attention"))),
    _m("tensor_data asks whether name.startswith('_') or not is_free(type(obj), name)",
       "set_tensor_private", instead="False"),
    _m("tensor_data asks whether name in data_of(obj) and (not has_added(obj, name))",
       "set_tensor_private", instead="False"),
    _m("ReadGuard._added.added asks whether has_added(obj, name)", "read_registers"),
    _m("ReadGuard._added.added refuses at last", "read_registers", instead="return judged(obj)"),
    _m("WriteGuard.delete asks whether self._is_deletable(obj, cls, name)", "set_deleted"),
    _m("WriteGuard._is_deletable asks whether has_added(obj, name)", "set_module_after_own"),
    _m("WriteGuard._is_deletable asks whether name == 'forward'", "set_module_after_own"),
    _m("WriteGuard._is_deletable answers not name.startswith('_') and registered(obj, name)",
       "set_module_after_own"),
)  # fmt: skip

_ITEMS: Final = (
    _m("KeyedItems.__setitem__ calls self._check_set(key, value)", "set_item_of_output",
       "set_item_of_encoding"),
    _m("KeyedItems.__delitem__ calls self._check_delete()", "set_item_of_output_deleted"),
    _m("WriteGuard._check_delete refuses if self.check_of(cls, '*') == 'field'",
       "set_item_of_output_deleted"),
    _m("WriteGuard._check_key refuses if type(key) is not str or key.startswith(('_', ' ')) or"
       " (not self._is_key(cls, key))", "set_item_of_output"),
    _m("WriteGuard._check_key refuses type(key) is not str", "set_item_of_encoding"),
    _m("WriteGuard._check_key refuses key.startswith(('_', ' '))", "set_item_of_encoding"),
    _m("WriteGuard._check_key refuses not self._is_key(cls, key)", "set_item_of_output"),
    _m("WriteGuard._check_key refuses if not self.guards.reading.is_held(value)",
       "set_item_of_output"),
    _m("WriteGuard._is_key answers self.check_of(cls, '*') != 'field' or is_field(cls, key)",
       "set_item_of_output"),
    _m("is_field answers name in fields or (name in ('past_key_values', 'cache_params') and"
       " 'cache' in fields)", "set_field_of_output"),
    _m("_field answers is_field(type(obj), name) and guards.reading.is_held(value)",
       "set_field_of_output"),
)  # fmt: skip

_SETTINGS: Final = (
    _m("_cached asks whether not is_a(old, 'Tensor') or not is_a(value, 'Tensor') or"
       " old.dim() != value.dim()", "set_cache_layer", instead="False"),
    _m("_cached asks whether any((getattr(old, each) != getattr(value, each) for each in"
       " ('dtype', 'device', 'layout')))", "set_cache_layer", instead="False"),
    _m("_setting answers not known.startswith('_') and known in data and"
       " like_by_like(data[known], value)", "set_config_text"),
    _m("check_generation_fields refuses if value is not None and (type(value) is not str or"
       " value not in allowed)", "hf_cache_implementation"),
    _m("list GENERATION_TEXTS", "hf_cache_implementation", instead=_with_quantized),
    _m("check_generation_fields calls check_plain_keys(what, value)", "hf_sequence_bias"),
    _m("check_plain_keys refuses if not plain or type(bias) not in (int, float) or"
       " math.isnan(bias)", "hf_sequence_bias"),
    _m("check_plain_keys refuses not plain", "hf_sequence_bias"),
    _m("check_plain_keys refuses type(bias) not in (int, float)", "hf_sequence_bias"),
    _m("check_plain_keys refuses math.isnan(bias)", "hf_sequence_bias"),
)  # fmt: skip

MUTATIONS: Final = (*_ADDITIONS, *_ITEMS, *_SETTINGS)

EXEMPT: Final = {
    "ReadGuard._added filters self._judged(name)":
        "looked at when it was set; no library has set it since",
    "ReadGuard.decide asks whether guards.writing.takes_additions(cls)":
        "where nothing can be added nothing was, and the look at what was added refuses",
    "WriteGuard.takes_additions answers self.check_of(cls, '*') in ADDING":
        "where nothing can be added nothing was, and the look at what was added refuses",
    "WriteGuard._is_deletable asks whether is_class(obj) or not self.takes_additions(cls)":
        "where nothing can be added nothing was; says so in the wall's words",
    "WriteGuard._is_deletable answers name in data_of(obj)":
        "of `forward` alone: without it Python says that there is none",
    "WriteGuard._write_real calls note(obj, name)":
        "without it less may be read, replaced and deleted, not more",
    "WriteGuard.delete calls forget(obj, name)":
        "what stands there next is looked at as what was there before",
    "forget calls data_of(obj).get(ADDED, set()).discard(name)":
        "what stands there next is looked at as what was there before",
    "WriteGuard.items asks whether self.guards.catalogue.use(cls).keys":
        "each key and value is looked at, whatever the object",
    "check_generation_fields asks whether key == 'sequence_bias' and type(value) is dict":
        "chooses which look is taken; both refuse all but numbers",
    "ReadGuard._read_function asks whether name == '__get__' and"
    " self.guards.is_own_function(function)":
        "binds; a method is called as what its function is, wherever it is called",
    "make_method_type.MethodType.__new__ refuses if not guards.is_own_function(function)":
        "says it where it is made; a method is called as what its function is",
    "make_method_type.Kind.__instancecheck__ answers type(instance) is types.MethodType":
        "answers isinstance, which decides nothing here",
    "adapter types.MethodType":
        "a method is called as what its function is, wherever it is called",
    **dict.fromkeys(
        (("_harden_embeddings.make.enable_input_require_grads calls"
          " self.disable_input_require_grads()"),
         "_require_gradient calls output.requires_grad_(True)",
         "list NUMPY_HANDING_ON"),
        "keeps the library's meaning, or is the act itself"),
    **dict.fromkeys(
        ("hardened Optimizer._patch_step_function",
         "harden_optimizers.make._patch_step_function calls original(self)"),
        "torch's wrapper in an own class is refused wherever it is read or called"),
    **dict.fromkeys(
        ("_Node.forward calls ctx.save_for_backward(*saved)",
         "_Node.forward calls ctx.mark_non_differentiable(*apart)",
         "_Node.forward calls ctx.set_materialize_grads(filled is not False)"),
        "passes on what a derivative says of itself: without it torch only knows less"),
    **dict.fromkeys(
        ("TechniqueTransformer._callee calls self.check_namespace_written(func.value)",
         ("TechniqueTransformer.check_namespace_written refuses if isinstance(node, ast.Attribute)"
         " and node.attr == _NAMESPACE"),
         "TechniqueTransformer.visit_Subscript calls self.check_namespace_written(node.value)",
         "list _WRITING"),
        "what would be written is a copy: without it a change is lost unsaid"),
    **dict.fromkeys(
        ("_readable asks whether type(name) is not str or name[:1] in ('', ' ') or is_dunder(name)",
         "make_vars.vars asks whether guards.is_own_function(obj)",
         "make_namespace.namespace refuses except TypeError",
         "make_vars.vars asks whether is_class(obj)",
         "make_vars.vars refuses if own is None",
         ("make_vars.vars refuses if type(obj) in (Facade, ClassToken) or (is_class(obj) and (not"
         " guards.is_own_class(obj)))"),
         "make_vars.vars refuses is_class(obj) and (not guards.is_own_class(obj))",
         "make_vars.vars refuses type(obj) in (Facade, ClassToken)"),
        "chooses the names that are shown; each is read by the guard"),
    "list ADDING": "says of which checks what is set is noted down",
    "list REGISTERS": "says where a module keeps its parts",
    "list REFUSED_GENERATION_FIELDS": "words for refusals",
    "list _NO_OPTION": "words for refusals",
}  # fmt: skip
