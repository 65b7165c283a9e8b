"""What native code is given: descriptions of memory, counts, options, and what it may keep."""

from __future__ import annotations

from typing import Any, Final

from tests.attacks.teeth.mutation import Mutation, Removal


def _m(rule: str, *attacks: str, instead: Any = None, along: tuple[Removal, ...] = ()) -> Mutation:
    return Mutation(rule, attacks, instead, along)


def _none(old: Any) -> Any:
    return type(old)()


def _repeats_as_data(old: Any) -> Any:
    return (*old, type(old[0])("", "repeats", "a mistake"))


_DESCRIPTIONS: Final = (
    _m("_text refuses if found is None or int(found[1] or 0) > _LARGEST", "numpy_dtype_by_words"),
    _m("description filters _text(value)", "numpy_dtype_by_words"),
    _m("description refuses at last", "numpy_dtype_offsets", instead="return value"),
    _m("_fields refuses if sum((np.dtype(kind).itemsize for _, kind in fields)) > _LARGEST",
       "numpy_dtype_by_fields"),
    _m("_fields filters description(each[1])", "numpy_dtype_cleared_by_format"),
    _m("make_view.view filters description(dtype)", "numpy_dtype_viewed"),
    _m("_type_or_data filters description(value)", "numpy_dtype_by_result_type"),
    _m("list NUMPY_TYPES", "numpy_dtype_by_words", instead=_none),
    _m("CallGuard._judging.judging filters prepared(callee, args, kwargs)",
       "numpy_dtype_by_reader", instead="(args, kwargs)"),
    _m("adapter numpy.dtype", "numpy_dtype_by_reader"),
    _m("DType.__new__ filters prepared(np.dtype, args, options)", "numpy_dtype_by_reader",
       instead="(args, options)"),
    _m("_call filters prepared(function, args, options)", "numpy_dtype_by_words",
       instead="(args, options)"),
)  # fmt: skip

#: What numpy makes counts of is looked at as such, before counts are.
_NO_COUNTS: Final = (Removal("list NUMPY_COUNTS", _none),)
_COUNTS: Final = (
    _m("_count calls check_count(value, what)", "numpy_counts_wrap", along=_NO_COUNTS),
    _m("check_count refuses if not -LIMIT < number < LIMIT", "numpy_counts_wrap"),
    _m("_whole_numbers calls check_count(value, what)", "numpy_bins_wrap"),
    _m("list NUMPY_COUNTS", "numpy_repeats_as_text", "numpy_bins_wrap", instead=_none),
    _m("prepared calls exact_keys(options)", "numpy_option_renamed"),
    _m("list NUMPY_VALUES", "numpy_counts_wrap", instead=_repeats_as_data,
       along=_NO_COUNTS),
    _m("list NUMPY_OPTIONS", "numpy_sums_into_scalar", instead=_none),
    _m("_refuse refuses at last", "numpy_left_out", instead="return value"),
    _m("hardened torch.repeat_interleave", "torch_repeats_wrap"),
    _m("hardened Tensor.repeat_interleave", "torch_repeats_told"),
    _m("_harden_repeats.make.repeat_interleave calls _check_counts(counts, 1 if repeats is None"
       " else input.numel())", "torch_repeats_wrap"),
    _m("_check_counts refuses if int(low) < 0 or int(high) >= LIMIT or total >= ELEMENTS",
       "torch_repeats_wrap"),
    _m("hardened torch.histc", "torch_bins_rounded"),
    _m("hardened Tensor.histc", "torch_bins_rounded"),
    _m("hardened torch.linalg.eigvals", "torch_eigenvalues_of_nan"),
    _m("hardened torch.linalg.eig", "torch_eigenvectors_of_huge"),
    _m("_harden_eigenvalues.make.eigen refuses if not (matrix.abs() <= largest).all()",
       "torch_eigenvalues_of_nan"),
    *(
        _m(f"hardened {name}", "torch_smallest_divided")
        for name in ("torch.div", "torch.divide", "Tensor.div", "Tensor.divide", "Tensor.div_",
                     "Tensor.divide_")
    ),
    *(
        _m(f"hardened {name}", "torch_common_multiple")
        for name in ("torch.lcm", "Tensor.lcm", "Tensor.lcm_")
    ),
)  # fmt: skip

#: The one kernel there is that believes an index it has kept.
_SPARSE: Final = (Removal("list TORCH_OPTIONS", _none),)
_ALIASES: Final = (
    _m("list TORCH_OPTIONS", "torch_index_kept", instead=_none,
       along=(Removal("hardened Tensor.data"),)),
    _m("_refuse_option refuses if not any((value is each for each in row.unless))",
       "torch_index_kept", along=(Removal("hardened Tensor.data"),)),
    _m("_stand_in.stand_in calls _refuse_option(path, name, given[name])", "torch_index_kept",
       along=(Removal("hardened Tensor.data"),)),
    _m("_stand_in.stand_in calls exact_keys(given)", "torch_option_renamed",
       along=(Removal("hardened Tensor.data"),)),
    _m("adapter torch:Tensor.numpy", "torch_index_kept_array", along=_SPARSE),
    _m("adapter torch.from_numpy", "torch_index_kept_from_array", along=_SPARSE),
    _m("make_from_numpy.from_numpy filters torch.from_numpy(array).clone()",
       "torch_index_kept_from_array", along=_SPARSE),
    _m("_harden_sequences.make.from_data filters made.clone()", "torch_bytes_taken",
       "torch_index_kept_as_tensor"),
    _m("hardened Tensor.__array__", "torch_index_kept_asked", along=_SPARSE),
    _m("hardened Tensor.__copy__", "torch_index_kept_copied", along=_SPARSE),
    _m("hardened Tensor.data", "torch_weight_restrided", "torch_weight_restrided_by_vector"),
    _m("_harden_data.make.set_data filters _with_strides_of(self, value)",
       "torch_weight_restrided"),
    _m("_harden_data.make.set_data calls increment_version(self)", "torch_index_kept_set",
       along=_SPARSE),
    _m("_harden_data.make.set_data filters value.clone()", "torch_index_kept_set_later",
       along=_SPARSE),
)  # fmt: skip

_LISTS: Final = (
    _m("CallGuard._judging.judging filters owned(each, is_own) #1", "torch_list_kept_by_cache",
       instead="each"),
    _m("CallGuard._judging.judging filters owned(each, is_own) #2", "torch_list_by_other_caller",
       instead="each"),
    _m("make_generate.generate filters owned(options, guards.is_own_class)",
       "torch_list_kept_by_model", instead="options",
       along=(Removal("hardened PreTrainedModel.__call__"),)),
    _m("owned filters owned(each, is_own) #1", "torch_list_kept_by_cache", instead="each"),
    _m("owned filters owned(each, is_own) #2", "torch_list_kept_by_call", instead="each",
       along=(Removal("hardened PreTrainedModel.__call__"),)),
    _m("owned filters owned(each, is_own) #3", "torch_list_kept_by_cache", instead="each"),
    _m("list ASKED_ITSELF", "torch_list_kept_by_model", instead=("logits_to_keep",)),
    _m("list WALKING_LIBRARIES", "torch_list_kept_by_cache", instead=_none),
    _m("list _SEQUENCES", "torch_list_kept_by_cache", instead=_none),
)  # fmt: skip

MUTATIONS: Final = (*_DESCRIPTIONS, *_COUNTS, *_ALIASES, *_LISTS)


def _because(reason: str, *rules: str) -> dict[str, str]:
    return dict.fromkeys(rules, reason)


EXEMPT: Final = {
    **_because(
        "keeps numbers from kernels that refuse them by themselves, as far as these were driven;"
        " tests/server/walls/language/test_native.py shows what is refused",
        "_check calls check_count(value, what)",
        "_check calls check_sizes(value, what)",
        "_count calls check_sizes(value, what)",
        "_stand_in.stand_in calls _check(path, beyond[1], args[beyond[0]:])",
        "_stand_in.stand_in calls _check(path, name, given[name])",
        "_stand_in.stand_in calls _check(path, name, value)",
        "check_sizes refuses if product >= ELEMENTS",
        "list SIZES",
        "list TORCH_DIMENSIONS",
        "list TORCH_VALUES",
        "like_by_like asks whether type(value) is int and (not -LIMIT < value < LIMIT)",
        "may_hold asks whether type(value) is int and (not -LIMIT < value < LIMIT)",
    ),
    **_because(
        "for releases of numpy that do not say what their functions in C take",
        "_guessed calls check_count(value, f'np.{label}')",
        "_guessed filters description(value)",
        "list _DATA_FIRST",
    ),
    **_because(
        "says what torch's and numpy's own words for a parameter mean; it lets nothing pass that"
        " the rows do not",
        "list _KINDS",
        "list _LISTS",
        "list _NO_INTEGERS",
        "list _OF_DATA",
        "list _PREFIXES",
        "list _PYTHONS",
    ),
    **_because(
        "chooses words: numpy would refuse it, or see a name and a type all the same",
        "_fields refuses if type(each) is not tuple or len(each) != 2 or type(each[0]) is not str",
        "_whole_numbers refuses if made.dtype.kind not in 'iubf' and made.size",
        "_written refuses if each is not None and type(each) is not np.ndarray",
    ),
    **_because(
        "chooses where a module's name is looked up; an answer that is none judges no less",
        "_library asks whether type(callee) in BUILTIN_TYPES and (not"
        " isinstance(builtin_self(callee), types.ModuleType))",
        "_library asks whether type(callee) in DESCRIPTOR_TYPES",
        "_library asks whether type(callee) not in _FUNCTION_TYPES and (not is_class(callee))",
    ),
    **_because(
        "keeps torch's meaning, or is the act itself",
        "_harden_repeats.make.repeat_interleave refuses if output_size is not None and"
        " made.shape[dim or 0] != output_size",
        "_harden_division.make_in_place.divide_ calls self.copy_(dividend)",
        "_harden_data.make.set_data calls original.__set__(self, _with_strides_of(self, value))",
        "_harden_data.make.set_data calls original.__set__(self, value.clone() if alike else"
        " value)",
    ),
}  # fmt: skip
