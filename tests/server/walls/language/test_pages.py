"""The page of all names: what the tables say, and all of it."""

from __future__ import annotations

import re

from cloche_server.walls.language.pages import page
from cloche_server.walls.language.tables.peft import ALL_ROWS
from cloche_server.walls.language.tables.refused import REFUSALS


def _sections() -> dict[str, str]:
    found = re.split(r"^### `(.+)`$", page(), flags=re.MULTILINE)[1:]
    return dict(zip(found[::2], found[1::2], strict=True))


def test_each_row_is_in_the_section_of_what_it_speaks_of() -> None:
    sections = _sections()
    for row in (*ALL_ROWS, *REFUSALS):
        section = sections[row.of]
        assert " ".join(row.why.split()).replace("|", "\\|") in section
        for name in getattr(row, "names", "").split():
            assert f"`{name}`" in section, (row.of, name)


def test_allowed_and_refused_stand_side_by_side() -> None:
    tensor = _sections()["torch:Tensor"]
    assert re.search(r"^\| allowed \|.*`norm`", tensor, re.MULTILINE)
    assert re.search(r"^\| refused \|.*`data_ptr`.*instead: views", tensor, re.MULTILINE)


def test_every_line_of_a_table_has_its_four_cells() -> None:
    rows = [line for line in page().splitlines() if line.startswith("|")]
    assert len(rows) > 400
    assert {len(re.findall(r"(?<!\\)\|", line)) for line in rows} == {5}
