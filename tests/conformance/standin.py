"""What CPython's tests are written against, as a technique can have it.

Runs as technique source, behind the wall and plainly: a small `unittest`, and those parts of
`test.support`, `sys`, `types`, `gc` and `warnings` that need no reach. `compiled(text)`, which
raises what the compiler says of a source, and `python_version` are put in by whoever runs it.
"""

import bisect
import collections
import collections.abc
import contextlib
import copy
import dataclasses
import decimal
import enum
import functools
import heapq
import itertools
import json
import math
import operator
import random
import re
import statistics
import string
import textwrap
import typing

_MODULES = {
    "bisect": bisect,
    "collections": collections,
    "contextlib": contextlib,
    "copy": copy,
    "decimal": decimal,
    "enum": enum,
    "functools": functools,
    "heapq": heapq,
    "itertools": itertools,
    "json": json,
    "math": math,
    "operator": operator,
    "random": random,
    "re": re,
    "statistics": statistics,
    "string": string,
    "typing": typing,
    "dataclasses": dataclasses,
}


class SkipTest(Exception):
    pass


def _named(value):
    return getattr(value, "__name__", str(value))


class _Raises:
    def __init__(self, case, expected, pattern=None):
        self.case, self.expected, self.pattern = case, expected, pattern
        self.exception = None

    def __enter__(self):
        return self

    def __exit__(self, kind, value, trace):
        if value is None:
            raise AssertionError(f"{_named(self.expected)} not raised")
        if not isinstance(value, self.expected):
            return False
        self.exception = value
        if self.pattern is not None and not re.search(self.pattern, str(value)):
            raise AssertionError(f"{self.pattern!r} does not match {str(value)!r}")
        return True

    def of(self, function, args, keywords):
        if function is None:
            return self
        with self:
            function(*args, **keywords)
        return None


class _Quiet:
    def __init__(self, *args, **keywords):
        self.warnings = []
        self.warning = None

    def __enter__(self):
        return self

    def __exit__(self, kind, value, trace):
        return False


class TestCase:
    longMessage = True
    maxDiff = None
    failureException = AssertionError

    def setUp(self):
        pass

    def tearDown(self):
        pass

    def __init__(self):
        self._afterwards = []

    def addCleanup(self, function, *args, **keywords):
        self._afterwards.append((function, args, keywords))

    def enterContext(self, manager):
        value = manager.__enter__()
        self.addCleanup(manager.__exit__, None, None, None)
        return value

    def doCleanups(self):
        while self._afterwards:
            function, args, keywords = self._afterwards.pop()
            function(*args, **keywords)

    def id(self):
        return "test"

    def subTest(self, msg=None, **params):
        return _Quiet()

    def skipTest(self, reason):
        raise SkipTest(reason)

    def fail(self, msg=None):
        raise AssertionError(msg)

    def assertTrue(self, value, msg=None):
        if not value:
            raise AssertionError(msg or f"{value!r} is not true")

    def assertFalse(self, value, msg=None):
        if value:
            raise AssertionError(msg or f"{value!r} is not false")

    def assertEqual(self, one, other, msg=None):
        if not one == other:
            raise AssertionError(msg or f"{one!r} != {other!r}")

    def assertNotEqual(self, one, other, msg=None):
        if not one != other:
            raise AssertionError(msg or f"{one!r} == {other!r}")

    def assertListEqual(self, one, other, msg=None):
        self.assertIsInstance(one, list)
        self.assertIsInstance(other, list)
        self.assertEqual(one, other, msg)

    def assertTupleEqual(self, one, other, msg=None):
        self.assertIsInstance(one, tuple)
        self.assertIsInstance(other, tuple)
        self.assertEqual(one, other, msg)

    def assertDictEqual(self, one, other, msg=None):
        self.assertEqual(one, other, msg)

    def assertSetEqual(self, one, other, msg=None):
        self.assertEqual(one, other, msg)

    def assertSequenceEqual(self, one, other, msg=None, seq_type=None):
        self.assertEqual(len(one), len(other), msg)
        for left, right in zip(one, other):
            self.assertEqual(left, right, msg)

    def assertMultiLineEqual(self, one, other, msg=None):
        self.assertEqual(one, other, msg)

    def assertCountEqual(self, one, other, msg=None):
        rest = list(other)
        for each in one:
            if each not in rest:
                raise AssertionError(msg or f"{each!r} is one too many")
            rest.remove(each)
        self.assertEqual(rest, [], msg)

    def assertIs(self, one, other, msg=None):
        if one is not other:
            raise AssertionError(msg or f"{one!r} is not {other!r}")

    def assertIsNot(self, one, other, msg=None):
        if one is other:
            raise AssertionError(msg or f"{one!r} is {other!r}")

    def assertIsNone(self, value, msg=None):
        self.assertIs(value, None, msg)

    def assertIsNotNone(self, value, msg=None):
        self.assertIsNot(value, None, msg)

    def assertIn(self, one, other, msg=None):
        if one not in other:
            raise AssertionError(msg or f"{one!r} not in {other!r}")

    def assertNotIn(self, one, other, msg=None):
        if one in other:
            raise AssertionError(msg or f"{one!r} in {other!r}")

    def assertIsInstance(self, value, cls, msg=None):
        if not isinstance(value, cls):
            raise AssertionError(msg or f"{value!r} is no {cls!r}")

    def assertNotIsInstance(self, value, cls, msg=None):
        if isinstance(value, cls):
            raise AssertionError(msg or f"{value!r} is a {cls!r}")

    def assertIsSubclass(self, value, cls, msg=None):
        if not issubclass(value, cls):
            raise AssertionError(msg or f"{value!r} is no {cls!r}")

    def assertNotIsSubclass(self, value, cls, msg=None):
        if issubclass(value, cls):
            raise AssertionError(msg or f"{value!r} is a {cls!r}")

    def assertHasAttr(self, value, name, msg=None):
        if not hasattr(value, name):
            raise AssertionError(msg or f"{value!r} has no {name!r}")

    def assertNotHasAttr(self, value, name, msg=None):
        if hasattr(value, name):
            raise AssertionError(msg or f"{value!r} has {name!r}")

    def assertLess(self, one, other, msg=None):
        if not one < other:
            raise AssertionError(msg or f"not {one!r} < {other!r}")

    def assertLessEqual(self, one, other, msg=None):
        if not one <= other:
            raise AssertionError(msg or f"not {one!r} <= {other!r}")

    def assertGreater(self, one, other, msg=None):
        if not one > other:
            raise AssertionError(msg or f"not {one!r} > {other!r}")

    def assertGreaterEqual(self, one, other, msg=None):
        if not one >= other:
            raise AssertionError(msg or f"not {one!r} >= {other!r}")

    def assertAlmostEqual(self, one, other, places=None, msg=None, delta=None):
        if one == other:
            return
        difference = abs(one - other)
        near = difference <= delta if delta is not None else round(difference, places or 7) == 0
        if not near:
            raise AssertionError(msg or f"{one!r} is not nearly {other!r}")

    def assertNotAlmostEqual(self, one, other, places=None, msg=None, delta=None):
        if one == other or round(abs(one - other), places or 7) == 0:
            raise AssertionError(msg or f"{one!r} is nearly {other!r}")

    def assertRegex(self, text, pattern, msg=None):
        if not re.search(pattern, text):
            raise AssertionError(msg or f"{pattern!r} not in {text!r}")

    def assertNotRegex(self, text, pattern, msg=None):
        if re.search(pattern, text):
            raise AssertionError(msg or f"{pattern!r} in {text!r}")

    def assertStartsWith(self, text, prefix, msg=None):
        self.assertTrue(text.startswith(prefix), msg)

    def assertEndsWith(self, text, suffix, msg=None):
        self.assertTrue(text.endswith(suffix), msg)

    def assertRaises(self, expected, function=None, *args, **keywords):
        return _Raises(self, expected).of(function, args, keywords)

    def assertRaisesRegex(self, expected, pattern, function=None, *args, **keywords):
        return _Raises(self, expected, pattern).of(function, args, keywords)

    def assertWarns(self, expected, function=None, *args, **keywords):
        if function is None:
            return _Quiet()
        function(*args, **keywords)
        return None

    def assertWarnsRegex(self, expected, pattern, function=None, *args, **keywords):
        return self.assertWarns(expected, function, *args, **keywords)

    assertEquals = assertEqual
    failUnlessEqual = assertEqual
    assertItemsEqual = assertCountEqual


def _unchanged(value):
    return value


def _skipping(reason):
    def decorate(value):
        def skipped(*args, **keywords):
            raise SkipTest(reason)

        return skipped

    return decorate


class unittest:
    TestCase = TestCase
    SkipTest = SkipTest

    @staticmethod
    def skip(reason=""):
        return _skipping(reason)

    @staticmethod
    def skipIf(condition, reason=""):
        return _skipping(reason) if condition else _unchanged

    @staticmethod
    def skipUnless(condition, reason=""):
        return _unchanged if condition else _skipping(reason)

    @staticmethod
    def expectedFailure(function):
        return _skipping("expected to fail")(function)


class _AlwaysEqual:
    def __eq__(self, other):
        return True

    def __ne__(self, other):
        return False


class _NeverEqual:
    def __eq__(self, other):
        return False

    def __ne__(self, other):
        return True

    def __hash__(self):
        return 1


@functools.total_ordering
class _Largest:
    def __eq__(self, other):
        return isinstance(other, _Largest)

    def __lt__(self, other):
        return False


@functools.total_ordering
class _Smallest:
    def __eq__(self, other):
        return isinstance(other, _Smallest)

    def __gt__(self, other):
        return False


class _ImportHelper:
    @staticmethod
    def import_fresh_module(name, fresh=(), blocked=(), deprecated=False):
        return _MODULES[name]

    @staticmethod
    def import_module(name, *args, **keywords):
        if name not in _MODULES:
            raise SkipTest(f"no module {name}")
        return _MODULES[name]


class warnings_helper:
    check_warnings = _Quiet
    check_no_warnings = _Quiet
    save_restore_warnings_filters = _Quiet
    ignore_warnings = staticmethod(lambda **keywords: _unchanged)

    @staticmethod
    def check_syntax_warning(case, text, errtext="", *, lineno=1, offset=None):
        compiled(text)

    @staticmethod
    def check_no_resource_warning(case):
        return _Quiet()


def check_syntax_error(testcase, statement, errtext="", *, lineno=None, offset=None):
    with testcase.assertRaisesRegex(SyntaxError, errtext):
        compiled(statement)


class support:
    verbose = False
    ALWAYS_EQ = _AlwaysEqual()
    NEVER_EQ = _NeverEqual()
    LARGEST = _Largest()
    SMALLEST = _Smallest()
    HAVE_DOCSTRINGS = False
    MISSING_C_DOCSTRINGS = True
    is_emscripten = is_wasi = False
    TESTFN = "no file"
    SHORT_TIMEOUT = 30.0
    import_helper = _ImportHelper
    warnings_helper = warnings_helper
    check_syntax_error = staticmethod(check_syntax_error)
    check_syntax_warning = warnings_helper.check_syntax_warning
    cpython_only = staticmethod(_unchanged)
    requires_IEEE_754 = staticmethod(_unchanged)
    requires_docstrings = staticmethod(_skipping("no docstrings"))
    no_tracing = staticmethod(_unchanged)
    refcount_test = staticmethod(_unchanged)
    skip_if_pgo_task = staticmethod(_unchanged)
    suppress_immortalization = staticmethod(lambda *args: _Quiet())
    check_warnings = _Quiet
    gc_collect = staticmethod(lambda: None)
    import_fresh_module = _ImportHelper.import_fresh_module
    import_module = _ImportHelper.import_module

    @staticmethod
    def check_sizeof(test, value, size):
        raise SkipTest("looks at memory")

    @staticmethod
    def calcobjsize(layout):
        return 0

    calcvobjsize = calcobjsize

    @staticmethod
    def impl_detail(msg=None, **guards):
        return _unchanged

    @staticmethod
    def check_impl_detail(**guards):
        return guards.get("cpython", True)

    @staticmethod
    def disable_gc():
        return _Quiet()

    @staticmethod
    def infinite_recursion(max_depth=100):
        return _Quiet()

    @staticmethod
    def bigmemtest(size, memuse, dry_run=True):
        return _skipping("takes too much memory")

    @staticmethod
    def requires_resource(resource):
        return _skipping(f"takes {resource}")

    @staticmethod
    def skip_if_sanitizer(*args, **keywords):
        return _unchanged

    @staticmethod
    def skip_emscripten_stack_overflow():
        return _unchanged

    @staticmethod
    def skip_wasi_stack_overflow():
        return _unchanged

    @staticmethod
    def is_resource_enabled(resource):
        return False

    @staticmethod
    def requires(resource, msg=None):
        raise SkipTest(resource)

    @staticmethod
    def check_free_after_iterating(test, iter, cls, args=()):
        raise SkipTest("looks at references")

    @staticmethod
    def sortdict(value):
        pairs = ", ".join(f"{key!r}: {value[key]!r}" for key in sorted(value))
        return "{" + pairs + "}"


import_helper = _ImportHelper


class sys:
    version_info = python_version
    maxsize = (1 << 63) - 1
    maxunicode = 0x10FFFF
    platform = "linux"

    class hash_info:
        modulus = (1 << 61) - 1
        width = 64
        inf = 314159
        imag = 1000003

    class float_info:
        max = 1.7976931348623157e308
        min = 2.2250738585072014e-308
        epsilon = 2.220446049250313e-16
        dig = 15
        mant_dig = 53
        max_exp = 1024
        min_exp = -1021

    class flags:
        optimize = 0

    class implementation:
        name = "cpython"

    @staticmethod
    def getrecursionlimit():
        return 1000

    @staticmethod
    def intern(text):
        return text


class inspect:
    cleandoc = staticmethod(textwrap.dedent)


class types:
    FunctionType = type(lambda: None)
    LambdaType = FunctionType
    GeneratorType = type((lambda: (yield))())
    BuiltinFunctionType = type(len)
    NoneType = type(None)
    NotImplementedType = type(NotImplemented)
    EllipsisType = type(...)
    GenericAlias = type(list[int])
    UnionType = type(int | str)


class gc:
    collect = staticmethod(lambda *args: 0)


class warnings:
    catch_warnings = _Quiet
    simplefilter = staticmethod(lambda *args, **keywords: None)
    filterwarnings = staticmethod(lambda *args, **keywords: None)
    warn = staticmethod(lambda *args, **keywords: None)


def run_case(cls, name):
    """One test, set up and torn down; what it raises is for whoever runs it to judge."""
    case = cls()
    try:
        if hasattr(cls, "setUpClass"):
            cls.setUpClass()
        case.setUp()
        try:
            getattr(case, name)()
        finally:
            case.tearDown()
    finally:
        case.doCleanups()
