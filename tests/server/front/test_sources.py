"""Sources by their digest: found while there is room, and refused by name when not."""

from __future__ import annotations

import hashlib

from cloche.contract.status import Reason
from cloche_server.front.requests import Source
from cloche_server.front.sources import KEPT_FROM_BYTES, Sources
from cloche_server.refusal import Refusal

NONE = Source.of("")


def source(letter: str) -> Source:
    return Source.of(letter * KEPT_FROM_BYTES)


def reason(sources: Sources, given: Source, sha256: bytes) -> Reason | None:
    """Why it is refused, or None where its source is found."""
    try:
        sources.resolve(given, sha256)
    except Refusal as refusal:
        return refusal.reason
    return None


def knows(sources: Sources, kept: Source) -> bool:
    digest = hashlib.sha256(kept.text.encode()).digest()
    found = reason(sources, NONE, digest)
    assert found in (None, Reason.SOURCE_UNKNOWN)
    return found is None and sources.resolve(NONE, digest) == kept


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
    for text in ("x", 3 * KEPT_FROM_BYTES * "y"):
        sources.keep(Source.of(text))
        assert not knows(sources, Source.of(text))


def test_a_source_and_a_digest_contradict() -> None:
    assert reason(Sources(), Source.of("x"), Source.of("x").digest) is Reason.REQUEST


def test_without_a_digest_it_is_the_source_that_was_sent() -> None:
    assert Sources().resolve(source("a"), b"") == source("a")
