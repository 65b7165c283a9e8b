"""The corpus itself: every attack says what it is, and no class is empty."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from tests.attacks import report
from tests.attacks.attack import Ask, find, load
from tests.attacks.report import BOTH, KERNEL, LANGUAGE, PLAIN, Record

AT_LEAST = 200
CLASSES = {
    "attribute walk", "builtins", "class machinery", "decorators", "descriptors", "deserialisation",
    "exceptions", "fast ways", "files", "format strings", "frames", "front: messages",
    "front: results that are bombs", "identity and namespaces", "imports", "machine code", "memory",
    "module gadget", "network", "pattern matching", "processes", "resource exhaustion",
    "results that lie", "secrets", "shadowing", "what a call leaves behind",
}  # fmt: skip
# Every published escape from RestrictedPython and from the guards built on it.
PUBLISHED = {
    "CVE-2021-32633", "CVE-2021-32674", "CVE-2021-32807", "CVE-2021-32811", "CVE-2023-37271",
    "CVE-2023-41039", "CVE-2024-47532", "CVE-2025-22153",
}  # fmt: skip


def test_the_corpus_is_large_and_of_every_class() -> None:
    counted = Counter(load(path).kind for path in find())
    assert sum(counted.values()) >= AT_LEAST
    assert set(counted) == CLASSES
    assert min(counted.values()) >= 5, counted


def test_every_published_escape_has_an_attack() -> None:
    sources = " ".join(load(path).origin for path in find())
    assert not {cve for cve in PUBLISHED if cve not in sources}


def test_most_attacks_have_teeth() -> None:
    """Those on the language wall; on the other, much takes a kernel or a server to succeed."""
    attacks = [load(path) for path in find("language")]
    assert sum(not each.teethless for each in attacks) > 0.85 * len(attacks)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('"""Source: own find. Escape: x."""', "no Class"),
        ('"""Class: x. Source: own find. Escape: y. Teeth: few."""', "Teeth"),
        ("x = 1", "no Class, Source, Escape"),
    ],
)
def test_an_attack_must_say_what_it_is(tmp_path: Path, text: str, problem: str) -> None:
    path = tmp_path / "attack.py"
    path.write_text(text)
    with pytest.raises(ValueError, match=problem):
        load(path)


def test_an_attack_is_read(tmp_path: Path) -> None:
    path = tmp_path / "attack.py"
    path.write_text(
        '"""Class: x y. Source: CVE-1.\nEscape: a: b. Teeth:\nnone, so. gVisor: lacks it.\n'
        'Limits: timeout_s=0.5\n"""\n'
        "def attack(model, tokenizer, scene): pass\ndef pick_up(model, tokenizer): pass\n"
    )
    found = load(path)
    assert (found.kind, found.origin, found.escape) == ("x y", "CVE-1", "a: b")
    assert (found.teethless, found.ask, found.picks_up) == ("so", Ask(timeout_s=0.5), True)
    assert found.teethless_in_gvisor == "lacks it"
    assert found.parameters == ("model", "tokenizer", "scene")


RECORDS = [
    Record("x", "language/a", BOTH, None),
    Record("x", "language/a", LANGUAGE, None),
    Record("x", "language/a", KERNEL, None),
    Record("x", "language/a", PLAIN, "a file was written"),
]


@pytest.mark.parametrize("configuration", report.WALLS)
def test_the_report_counts_escapes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], configuration: str
) -> None:
    path = tmp_path / "results"
    report.write([*RECORDS, Record("y", "language/b", configuration, "it got out")], path)
    assert report.main([str(path), "--title", "under another kernel"]) == 1
    said = capsys.readouterr().out
    assert "under another kernel: 2 attacks, escapes 1" in said
    assert f"ESCAPED language/b, {configuration}: it got out" in said


def test_the_report_of_a_run_without_escapes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Success in plain Python is no escape."""
    path = tmp_path / "results"
    report.write(RECORDS, path)
    assert report.main([str(path)]) == 0
    assert "1 attacks, escapes 0" in capsys.readouterr().out


def test_a_run_of_nothing_is_no_success(tmp_path: Path) -> None:
    path = tmp_path / "results"
    path.write_text("")
    assert report.main([str(path)]) == 1
