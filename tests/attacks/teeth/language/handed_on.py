"""What others than the technique call, walk or ask: callables, lists and classes handed on."""

from __future__ import annotations

from typing import Any, Final

from tests.attacks.teeth.mutation import Mutation, Removal


def _m(rule: str, *attacks: str, instead: Any = None, along: tuple[Removal, ...] = ()) -> Mutation:
    return Mutation(rule, attacks, instead, along)


MUTATIONS: Final = (
    _m("adapter torch.nn:Module.register_forward_pre_hook", "torch_list_from_hook"),
    _m("_registering.make.register.answer filters owned(called(*args, **keywords),"
       " guards.is_own_class)", "torch_list_from_hook", instead="called(*args, **keywords)"),
    _m("hardened PreTrainedModel.__call__", "torch_list_by_other_caller"),
    _m("hardened PreTrainedModel.enable_input_require_grads", "module_hook_taken"),
    _m("hardened torch.optim.lr_scheduler.hasattr", "optimizer_step_taken"),
    _m("_harden_models.make.__call__ filters owned(each, _is_of_a_technique) #1",
       "torch_list_by_other_caller", instead="each"),
    _m("_harden_models.make.__call__ filters owned(each, _is_of_a_technique) #2",
       "torch_list_by_other_caller", instead="each"),
    _m("CallGuard.handed_on asks whether type(value) not in _FUNCTION_TYPES",
       "torch_list_by_other_caller"),
    _m("ReadGuard._open_method asks whether type(raw) is _FUNCTION and library_of(raw) in"
       " WALKING_LIBRARIES", "torch_list_by_other_caller", instead="False"),
    _m("ReadGuard._only_for.method filters owned((args, keywords), is_own)",
       "torch_list_by_other_caller", instead="(args, keywords)"),
    _m("hardened PrefixConstrainedLogitsProcessor.__init__", "torch_list_from_prefix"),
    _m("_harden_prefixes.make.__init__.allowed filters private(prefix_allowed_tokens_fn(batch,"
       " ids))", "torch_list_from_prefix"),
    _m("hardened torch._native_multi_head_attention", "set_module_heads_of_own"),
    _m("hardened torch._transformer_encoder_layer_fwd", "set_module_heads_of_own"),
    _m("_harden_heads.at.make.attention refuses if type(heads) is not int or heads <= 0",
       "set_module_heads_of_own"),
    _m("ClassGuard.build_class calls self._check_length(name, resolved, namespace)",
       "class_list_length_lies"),
    _m("ClassGuard._check_length asks whether list not in mro and tuple not in mro",
       "class_list_length_lies"),
    _m("ClassGuard._check_length refuses if '__len__' in namespace or any((each.__module__ !="
       " 'collections.abc' for each in tells))", "class_list_length_lies"),
    _m("ClassGuard._check_length refuses '__len__' in namespace", "class_list_length_lies"),
    _m("ClassGuard._check_length refuses any((each.__module__ != 'collections.abc' for each in"
       " tells))", "class_list_length_lies"),
    _m("ClassGuard._check_private calls self.check_called(name, real, key, held[key])",
       "enum_calls_anything"),
    _m("ClassGuard.check_called refuses if asking and (not known)", "enum_calls_anything"),
    _m("WriteGuard.slow_write calls guards.classes.check_called(class_name(obj), mro_of(obj)[1:],"
       " name, value)", "enum_calls_anything"),
    _m("TechniqueTransformer.visit_AnnAssign filters self.index(each)", "syntax_annotated_item"),
    _m("_apart.viewed filters made.clone()", "torch_index_seen_as_floats", instead="made",
       along=(Removal("hardened torch.embedding"),)),
)  # fmt: skip

EXEMPT: Final = {
    **dict.fromkeys(
        (
            "make_push.push calls guards.calls.call(exit)",
            "make_push.push filters hand_out(kind)",
            "make_step.step calls guards.calls.call(closure)",
        ),
        "what others than the technique call is judged as it is handed on, too",
    ),
    "adapter torch.nn:Module.register_forward_hook":
        "nothing was found that indexes with what a layer answers, as a model does with its"
        " arguments",
    "_registering.make.register refuses if nn.Module not in mro_of(type(module))":
        "says in better words what the method would say of an object without registers",
    "_harden_prefixes.make.__init__ calls original(self, allowed, num_beams)":
        "the act itself",
    "WriteGuard.slow_write asks whether name in guards.catalogue.overridable":
        "leaves out a check that would pass",
    **dict.fromkeys(
        (
            "CallGuard.looked_at asks whether _runs(value, _JUDGING)",
            ("CallGuard.looked_at asks whether type(value) is types.MethodType and"
            " _runs(method_function(value), _BOUND)"),
        ),
        "says whose parameters are shown",
    ),
    **dict.fromkeys(
        (
            "_EnumBody.__setitem__ asks whether type(key) is str and key.startswith(' ')",
            "_Kind.__instancecheck__ answers np.dtype in mro_of(type(instance))",
            (
                "_Kind.__subclasscheck__ answers is_class(asked) and (np.dtype in mro_of(asked) or"
                " asked is cls)"
            ),
        ),
        "keeps Python's meaning: tests/server/walls/language/test_handed_on.py",
    ),
}  # fmt: skip
