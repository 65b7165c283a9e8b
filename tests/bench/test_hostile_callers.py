"""The benchmark of hostile callers: the honest one is served, and the front stays small."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.hostile_callers import HOSTILE, main

MOST_BYTES = 512 << 20


@pytest.mark.timeout(300)
def test_the_worst_callers_stop_nobody(
    tiny_model: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kinds = ["sources of 180 MiB", "uploads that send nothing", "watchers of long names"]
    chosen = [argument for kind in kinds for argument in ("--kind", kind)]
    rows = main([str(tiny_model), "--seconds", "1", "--callers", "16", *chosen])
    assert [row.kind for row in rows] == ["nobody", *kinds]
    assert set(kinds) <= set(HOSTILE)
    for row in rows:
        assert row.info_s
        assert row.call_s
        assert row.failed == []
        assert row.front_peak_bytes < MOST_BYTES
    assert capsys.readouterr().out.count("\n| ") >= len(rows)


@pytest.mark.nightly
@pytest.mark.timeout(1200)
def test_a_thousand_of_each(tiny_model: Path) -> None:
    for row in main([str(tiny_model), "--seconds", "10", "--callers", "1000"]):
        assert row.info_s
        assert row.front_peak_bytes < MOST_BYTES, row.kind
