"""Text from outside, cut and escaped."""

from __future__ import annotations

from cloche_server.fitting import fit, fit_header, one_line
from hypothesis import given
from hypothesis import strategies as st


def test_a_line_stays_a_line() -> None:
    assert one_line("a\nb\r\x1b[31m\u2028\u202e\x85é名") == (
        "a\\nb\\r\\x1b[31m\\u2028\\u202e\\x85é名"
    )
    assert one_line("x" * 300, 5) == "xxxxx…"
    assert one_line("\udcff") == "\\udcff"


@given(st.text(), st.integers(4, 60))
def test_one_line_is_one_line(text: str, longest: int) -> None:
    assert len(one_line(text, longest).splitlines()) <= 1
    assert one_line(text, longest).isprintable()


@given(st.text(), st.integers(9, 60))
def test_what_is_cut_fits_and_what_fits_is_whole(text: str, most: int) -> None:
    as_utf8 = fit(text, most)
    assert len(as_utf8.encode()) <= most
    assert as_utf8 == text or text.startswith(as_utf8[:-1])
    as_header = fit_header(text, most)
    taken = sum(1 if " " <= letter <= "~" and letter != "%" else 3 * len(letter.encode())
                for letter in as_header)  # fmt: skip
    assert taken <= most
    assert as_header == text or text.startswith(as_header[:-1])


def test_cuts_are_no_shorter_than_they_must_be() -> None:
    assert fit("x" * 100, 100) == fit_header("x" * 100, 100) == "x" * 100
    assert fit("x" * 101, 100) == "x" * 97 + "…"
    assert fit_header("x" * 101, 100) == "x" * 91 + "…"
    assert fit("é" * 51, 100) == "é" * 48 + "…"
