"""Layers whose weights are computed: what they may be computed to."""

from __future__ import annotations

from typing import Any, Final

from tests.attacks.teeth.mutation import Mutation, Removal


def _m(rule: str, *attacks: str, instead: Any = None, along: tuple[Removal, ...] = ()) -> Mutation:
    return Mutation(rule, attacks, instead, along)


def _because(reason: str, *rules: str) -> dict[str, str]:
    return dict.fromkeys(rules, reason)


_PARAMETRIZE: Final = "adapter torch.nn.utils.parametrize."

MUTATIONS: Final = (
    _m(f"{_PARAMETRIZE}register_parametrization", "parametrized_back_door"),
    _m("ParametrizationList.forward calls _check_tensor(found, 'a parametrization')",
       "parametrized_back_door"),
    _m("_check_tensor refuses if not _is_tensor(value)", "parametrized_back_door"),
)  # fmt: skip

EXEMPT: Final = {
    **_because(
        "the library's own finds nothing parametrized: torch's notes are not kept here",
        f"{_PARAMETRIZE}cached",
        f"{_PARAMETRIZE}is_parametrized",
        f"{_PARAMETRIZE}remove_parametrizations",
    ),
    **_because(
        "a class is handed out by the rule for classes, or refused where it is read",
        f"{_PARAMETRIZE}type_before_parametrizations",
    ),
    **_because(
        "what a layer sees is looked at whenever it is computed; modules register tensors alone",
        "ParametrizationList.__init__ calls self.take(old)",
        "ParametrizationList.take calls _check_tensor(each, \"'right_inverse'\")",
        "ParametrizationList.take calls self._put(name, each)",
        "ParametrizationList.take refuses if not single and type(value) not in (tuple, list)",
        "ParametrizationList.take refuses if self.count and len(values) != self.count",
        "ParametrizationList._put calls old.copy_(value)",
        "ParametrizationList._put calls self.register_buffer(name, value.detach())",
        "ParametrizationList._put calls self.register_parameter(name, nn.Parameter(value,"
        " self._like_requires_grad()))",
        "ParametrizationList._put calls self.register_parameter(name, value)",
        "harden_parametrizations.make.__setattr__ calls _check_tensor(value, 'what is assigned')",
        "harden_parametrizations.make.__setattr__ calls steps.take(value)",
        "harden_parametrizations.make.__setattr__ calls original(self, name, value)",
        "hardened Module.__setattr__",
        "register_parametrization refuses if not _is_tensor(found)",
        "remove_parametrizations calls module.register_buffer(tensor_name, value)",
        "remove_parametrizations calls module.register_parameter(tensor_name, value)",
        "remove_parametrizations calls value.copy_(seen)",
        "remove_parametrizations filters steps.seen().clone()",
        "remove_parametrizations refuses if len(originals) > 1",
        "remove_parametrizations refuses if steps is None",
        "cached calls _CACHED.kept.clear()",
    ),
    **_because(
        "a shape is torch's promise, not the wall's: kernels look at it themselves, as they do at"
        " that of a weight that was assigned",
        "ParametrizationList.__init__ calls self._check(self.forward())",
        "ParametrizationList._check refuses if old != new",
        "ParametrizationList._checked calls self._check(found)",
    ),
    **_because(
        "says it in words: what is no module has no registers, and `add_module` looks at the name",
        "_check_module refuses if nn.Module not in mro_of(type(value))",
        "_check_name refuses if type(name) is not str",
        "is_parametrized calls _check_module(module)",
        "register_parametrization calls _check_module(module)",
        "register_parametrization calls _check_module(parametrization)",
        "register_parametrization calls _check_name(tensor_name)",
        "remove_parametrizations calls _check_module(module)",
        "register_parametrization calls modules[_HELD].add_module(tensor_name, steps)",
        "register_parametrization calls nn.Module.__delattr__(module, tensor_name)",
        "register_parametrization calls nn.Module.__setattr__(module, _HELD, nn.ModuleDict())",
        "register_parametrization calls parametrization.train(module.training)",
    ),
}
