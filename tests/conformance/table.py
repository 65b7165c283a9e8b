"""Which of CPython's tests run, and why some are refused."""

from __future__ import annotations

from typing import Final

from cloche_server.walls.language.tables.rows import words

MODULES: Final = words("""
    test_patma test_grammar test_scope test_named_expressions test_generators test_fstring
    test_dataclasses test_enum test_ordered_dict test_unpack test_unpack_ex test_augassign
    test_decorators test_with test_contextlib test_functools test_itertools test_collections
    test_exceptions test_exception_variations test_raise test_string test_unicode test_bool
    test_int test_float test_complex test_list test_dict test_set test_tuple test_slice
    test_range test_compare test_richcmp test_property test_descr test_super test_class
    test_keywordonlyarg test_positional_only_arg test_extcall test_listcomps test_setcomps
    test_dictcomps test_genexps test_typing test_operator test_math test_cmath test_statistics
    test_heapq test_bisect test_random test_re test_fractions test_numeric_tower
    test_abstract_numbers test_genericclass test_genericalias test_subclassinit test_dynamic
    test_global test_syntax test_builtin test_enumerate test_iter test_isinstance test_binop
    test_contains test_int_literal test_format test_strtod test_textwrap test_defaultdict
    test_iterlen test_sort test_copy test_opcodes test_pow test_baseexception
    test_exception_hierarchy test_unary test_hash test_yield_from test_descrtut test_print
    test_difflib test_dictviews test_utf8source test_longexp
""")

#: Patterns of what is said, with why. What a row of tables/refused says needs none here.
REASONS: Final[tuple[tuple[str, str], ...]] = (
    (r"import of '[\w.]+' refused: not an allowed module", "reaches outside the call"),
    (r"import of '[\w.]+' refused: not on the module's list", "a name the module keeps for itself"),
    (r"'[\w.]+' refused: not on the list of allowed names", "a name the module keeps for itself"),
    (r"name '(locals|globals|input|memoryview|id|vars)' is not defined", "namespaces, memory"),
    (
        r"name '(KeyboardInterrupt|GeneratorExit|SystemExit|BlockingIOError)' is not",
        "ends what runs",
    ),
    (r"access to '__\w+__' refused: not on the list of special names", "leads out"),
    (r"the name '__\w+__' is reserved", "asked by C code, or a variable of the interpreter's own"),
    (r"the name '__' is reserved", "looks like a special name"),
    (r"async code is refused|except\* is refused|type parameters in brackets", "not admitted"),
    (
        r"may not choose its metaclass|type\(\) with other than one argument",
        "classes past the checks",
    ),
    (r"deriving from|this base class is refused", "its internals would be the class's to bend"),
    (r"must be a function written in the source", "it would be called unasked"),
    (r"making an enum by a call|calling a 'ClassToken'|'_make_no_enum'", "classes past the checks"),
    (r"making a '\w+' refused: not on the list", "no row: a class that nobody has looked at"),
    (r"setting '\w+' of a '\w+' refused", "real objects and special names are not set"),
    (r"'\w+' uses that name itself", "the base's own attribute"),
    (r"class '\w+' refused: it defines '__\w+__'", "asked by C code"),
    (r"class '\w+' refused: a list or tuple with a '__len__' of its own", "asked by C code"),
    (r"(an attribute|an argument) name must be exactly a str", "it could answer differently twice"),
    (r"of a library's object refused", "reads or sets attributes by name"),
    (r"print\(file=", "print() goes to the caller"),
    (
        r"access to '[\w.]+' of a '(type|ClassToken|_CallableType|_GenericAlias)' refused",
        "real classes",
    ),
    (r"of a '(_tuplegetter|_lru_cache_wrapper|method_descriptor|classproperty|Field)'", "no row"),
    (r"access to '\w+' of a '(generator|function|method|property|dict_keys)' refused", "no row"),
    (r"access to '\w+' of a '(_GeneratorContextManager|float|int|bool|range)' refused", "no row"),
    (r"'(int|str|tuple|float)\.__new__' of a class that is not yours", "objects without __init__"),
    (r"nested too deeply to compile", "rewritten, it is deeper"),
    (
        r"access to '\w+' of a '(ExitStack|cached_property|Fraction|_AnnotatedAlias)' refused",
        "no row",
    ),
    (r"access to '__name__' of a '(TypeVarTuple|ParamSpec)' refused", "no row"),
    (r"access to '__iter__' of a 'Iterable'|'__complex__' of a 'complex'", "no row"),
    (r"calling a '_AnnotatedAlias' refused|'_overload_dummy'", "annotations are not called"),
    (r"calling a 'method' refused", "a method that the library put into the class"),
)

_NO_LIST: Final = "an OrderedDict is made of a dict alone: there is no list beside it to be broken"
_GENERATORS: Final = "an iterator that is asked while it runs says so (adapters/iterators.py)"
_DIR: Final = "dir() tells what may be read"
_WORDS: Final = "an adapter's words for wrong arguments are those of a Python function"

#: Patterns of tests that go another way behind the wall, with why.
DIFFERENCES: Final[tuple[tuple[str, str], ...]] = (
    (r"test_ordered_dict\..*test_(dict_delitem|dict_pop|dict_popitem|issue24347)$", _NO_LIST),
    (r"test_itertools\..*test_(pairwise_reenter2?|issue30347_[12])$", _GENERATORS),
    (r"test_iter\..*test_iter_function_concealing_reentrant_exhaustion$", _GENERATORS),
    (r"test_enum\..*\.test_dir_", _DIR),
    (r"test_typing\..*\.test_dir$", _DIR),
    (r"test_generators:872$", _DIR),
    (
        r"test_collections\.TestChainMap\.test_(constructor|new_child|union_operators)$",
        "`maps` is a tuple: nothing is added past the check",
    ),
    (r"test_collections\.TestNamedTuple\.test_module_parameter$", "its module is the technique"),
    (r"test_collections\.TestOneTrickPonyABCs\.test_Callable$", "`type` is a stand-in"),
    (r"test_typing\.CollectionsAbcTests\.test_\w+_instantiation$", "the stand-in's own class"),
    (
        r"test_enum\..*\.test_bad_new_super$",
        "`super().__new__` in an enum makes the object at once",
    ),
    (r"test_isinstance\.TestIsInstanceIsSubclass\.test_infinite", "no class but real ones"),
    (r"test_format\.FormatTest\.test_optimisations$", "text is made anew: equal, not the same"),
    (
        r"test_copy\.TestCopy\.test_deepcopy_(dont_memo_immutable|keepalive)$",
        "deepcopy takes no memo",
    ),
    (r"test_call\.CFunctionCallsErrorMessages\.test_varargs", _WORDS),
    (r"test_utf8source\.BuiltinCompileTests\.test_latin1$", "a source is text, not bytes"),
    (r"test_genexps:6$", "prints an address, which doctest is told to overlook"),
)
