"""Sources by their digest: found while there is room, and refused by name when not."""

from __future__ import annotations

import hashlib

from cloche.status import Reason
from cloche.v1 import execution_pb2 as pb
from cloche_server.front.refusal import Refusal
from cloche_server.front.sources import KEPT_FROM_BYTES, Sources


def source(letter: str) -> str:
    return letter * KEPT_FROM_BYTES


def by_digest(text: str) -> pb.Technique:
    return pb.Technique(sha256=hashlib.sha256(text.encode()).digest(), entry_point="f")


def reason(sources: Sources, technique: pb.Technique) -> Reason | None:
    """Why it is refused, or None where its source is found."""
    try:
        sources.resolve(technique)
    except Refusal as refusal:
        return refusal.reason
    return None


def knows(sources: Sources, text: str) -> bool:
    technique = by_digest(text)
    found = reason(sources, technique)
    assert found in (None, Reason.SOURCE_UNKNOWN)
    return technique == pb.Technique(source=text, entry_point="f")


def test_the_longest_unused_goes_first() -> None:
    sources = Sources(2 * KEPT_FROM_BYTES)
    for letter in "ab":
        sources.keep(source(letter))
        sources.keep(source(letter))
    assert knows(sources, source("a"))
    sources.keep(source("c"))
    assert [letter for letter in "abc" if knows(sources, source(letter))] == ["a", "c"]


def test_a_short_source_and_one_too_large_for_all_are_not_kept() -> None:
    sources = Sources(2 * KEPT_FROM_BYTES)
    for text in ("x", 3 * source("y")):
        sources.keep(text)
        assert not knows(sources, text)


def test_a_source_and_a_digest_contradict() -> None:
    technique = by_digest("x")
    technique.source = "x"
    assert reason(Sources(), technique) is Reason.REQUEST
