"""The table of reasons, which cannot name gRPC's own codes: it may not import grpc."""

from __future__ import annotations

from typing import get_args

import grpc
from cloche.contract.status import STATUS, Code, Reason


def test_each_code_is_one_of_grpcs() -> None:
    assert set(get_args(Code)) <= {code.name for code in grpc.StatusCode}
    assert {row.code for row in STATUS.values()} == set(get_args(Code))


def test_each_reason_has_a_row() -> None:
    assert set(STATUS) == set(Reason)
