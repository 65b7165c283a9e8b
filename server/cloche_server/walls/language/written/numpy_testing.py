"""Assertions on arrays, for checks in the middle of a technique."""

import numpy as np


def _fail(what, actual, desired, err_msg):
    said = f"\n{err_msg}" if err_msg else ""
    raise AssertionError(f"\n{what}{said}\n ACTUAL: {actual!r}\n DESIRED: {desired!r}")


def assert_(val, msg=""):
    if not val:
        raise AssertionError(msg() if callable(msg) else msg)


def _arrays(actual, desired, err_msg):
    actual, desired = np.asarray(actual), np.asarray(desired)
    if actual.shape != desired.shape and actual.shape != () and desired.shape != ():
        shapes = f"(shapes {actual.shape}, {desired.shape} mismatch)"
        _fail(f"Arrays are not equal\n{shapes}", actual, desired, err_msg)
    return actual, desired


def assert_allclose(
    actual, desired, rtol=1e-7, atol=0, equal_nan=True, err_msg="", verbose=True, *, strict=False
):
    actual, desired = _arrays(actual, desired, err_msg)
    if not np.allclose(actual, desired, rtol=rtol, atol=atol, equal_nan=equal_nan):
        off = int((~np.isclose(actual, desired, rtol=rtol, atol=atol, equal_nan=equal_nan)).sum())
        size = max(actual.size, desired.size)
        _fail(
            f"Not equal to tolerance rtol={rtol:g}, atol={atol:g}\n"
            f"Mismatched elements: {off} / {size} ({100 * off / size:.3g}%)",
            actual,
            desired,
            err_msg,
        )


def assert_array_equal(actual, desired, err_msg="", verbose=True, *, strict=False):
    actual, desired = _arrays(actual, desired, err_msg)
    if strict and (actual.shape, actual.dtype) != (desired.shape, desired.dtype):
        _fail("Arrays are not equal in shape and dtype", actual, desired, err_msg)
    numbers = actual.dtype.kind in "fc" and desired.dtype.kind in "fc"
    same = actual == desired
    if numbers:
        same = same | (np.isnan(actual) & np.isnan(desired))
    if not np.all(same):
        _fail("Arrays are not equal", actual, desired, err_msg)


def assert_equal(actual, desired, err_msg="", verbose=True, *, strict=False):
    if isinstance(desired, dict):
        if not isinstance(actual, dict) or len(actual) != len(desired):
            _fail("Items are not equal:", actual, desired, err_msg)
        for key, value in desired.items():
            if key not in actual:
                _fail(f"Items are not equal: key={key!r}", actual, desired, err_msg)
            assert_equal(actual[key], value, f"key={key!r}\n{err_msg}")
    elif isinstance(desired, (list, tuple)) and isinstance(actual, (list, tuple)):
        if len(actual) != len(desired):
            _fail("Items are not equal:", actual, desired, err_msg)
        for i, value in enumerate(desired):
            assert_equal(actual[i], value, f"item={i!r}\n{err_msg}")
    elif isinstance(actual, np.ndarray) or isinstance(desired, np.ndarray):
        assert_array_equal(actual, desired, err_msg, strict=strict)
    elif not (actual == desired or (actual != actual and desired != desired)):
        _fail("Items are not equal:", actual, desired, err_msg)


def assert_array_almost_equal(actual, desired, decimal=6, err_msg="", verbose=True):
    actual, desired = _arrays(actual, desired, err_msg)
    if not np.allclose(actual, desired, rtol=0, atol=1.5 * 10.0 ** (-decimal), equal_nan=True):
        _fail(f"Arrays are not almost equal to {decimal} decimals", actual, desired, err_msg)


def assert_almost_equal(actual, desired, decimal=7, err_msg="", verbose=True):
    assert_array_almost_equal(actual, desired, decimal, err_msg)


def assert_array_less(x, y, err_msg="", verbose=True, *, strict=False):
    x, y = _arrays(x, y, err_msg)
    if not np.all(x < y):
        _fail("Arrays are not strictly ordered `x < y`", x, y, err_msg)
