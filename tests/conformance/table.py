"""Which of CPython's tests run, and why some are refused."""

from __future__ import annotations

from typing import Final

MODULES: Final = tuple(
    """
    test_patma test_grammar test_scope test_named_expressions test_generators test_fstring
    test_dataclasses test_enum test_ordered_dict test_unpack test_unpack_ex test_augassign
    test_decorators test_with test_contextlib test_functools test_itertools test_collections
    test_exceptions test_exception_variations test_raise test_string test_unicode test_bool test_int test_float
    test_complex test_long test_bytes test_list test_dict test_set test_tuple test_slice test_range
    test_compare test_richcmp test_property test_descr test_super test_class test_keywordonlyarg
    test_positional_only_arg test_extcall test_listcomps test_setcomps test_dictcomps test_genexps
    test_typing test_operator test_math test_cmath test_statistics test_heapq test_bisect
    test_random test_re test_fractions test_decimal test_numeric_tower test_abstract_numbers
    test_abc test_genericclass test_genericalias test_subclassinit test_metaclass test_dynamic
    test_global test_syntax test_builtin test_enumerate test_iter test_isinstance
    test_binop test_contains test_int_literal test_format test_strtod test_textwrap
    test_deque test_userdict test_defaultdict test_iterlen test_sort test_copy test_call
    test_func_attrs test_opcodes test_pow test_baseexception test_exception_hierarchy
    test_string_literals test_unary test_hash test_datetime test_time
    test_generator_stop test_pep3131 test_yield_from test_augassign test_eof test_future
    test_descrtut test_module test_lambda test_types test_coroutines test_print test_difflib
    test_dictviews test_getattr test_dis test_utf8source test_longexp test_index test_operator
    """.split()
)

#: Patterns of refusals, with why: every refusal that a test meets is one of these.
REASONS: Final[tuple[tuple[str, str], ...]] = ()

#: Patterns of tests that go another way behind the wall, with why.
DIFFERENCES: Final[tuple[tuple[str, str], ...]] = ()
