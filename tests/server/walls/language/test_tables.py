"""The tables fit the installed libraries, say why, and repeat nothing."""

from __future__ import annotations

import platform
import sys
import types
from collections import Counter
from importlib import metadata
from pathlib import Path

import pytest
from cloche_server.walls.language import audited
from cloche_server.walls.language.adapters import ADAPTERS
from cloche_server.walls.language.catalogue import TableError, build_catalogue, resolve
from cloche_server.walls.language.slots import dict_of, mro_of
from cloche_server.walls.language.tables import peft
from cloche_server.walls.language.tables.modules import IMPORTABLE, ROWS, has_member
from cloche_server.walls.language.tables.rows import Allow, Base, Field, Kind, Refused, Settable

ROOT = Path(__file__).parents[4]


def named(row):
    return [(row.of, name) for name in getattr(row, "names", "").split()]


def test_every_row_says_why():
    assert [row for row in ROWS if not row.why.strip()] == []


@pytest.mark.parametrize("kind", [Allow, Field, Settable])
def test_no_name_is_listed_twice(kind):
    counts = Counter(each for row in ROWS if isinstance(row, kind) for each in named(row))
    assert [each for each, count in counts.items() if count > 1] == []


def test_every_name_exists_in_the_installed_version():
    missing = []
    for row in ROWS:
        if not isinstance(row, Allow) or row.optional:
            continue
        target = resolve(row.of)
        for name in row.names.split():
            if isinstance(target, types.ModuleType):
                found = hasattr(target, name)
            else:
                found = any(name in dict_of(each) for each in mro_of(target))
            if not found:
                missing.append((row.of, name))
    assert missing == []


def test_a_name_that_does_not_exist_is_an_error():
    with pytest.raises(TableError, match="no 'nothing_like_it'"):
        build_catalogue([Allow("math", "nothing_like_it", why="a mistake")])
    build_catalogue([Allow("math", "nothing_like_it", why="a mistake", optional=True)])


def test_another_releases_names_are_skipped_and_counted():
    rows = [
        Allow("math", "sqrt nothing_like_it", why="one of two"),
        Allow("no_such_module", "f", why="gone"),
        Allow("torch:Tensor", "shape nothing_like_it", why="one of two"),
        Field("torch:NoSuchClass", "a", why="gone"),
        Kind("torch:NoSuchClass", why="gone"),
        Base("torch.nn:NoSuchClass", why="gone"),
        Settable("torch:NoSuchClass", "a", check="number", why="gone"),
    ]
    refusals = [Refused("torch:NoSuchClass", "a", why="gone")]
    catalogue = build_catalogue(rows, refusals, strict=False)
    assert len(catalogue.skipped) == 8
    assert set(catalogue.modules["math"]) == {"sqrt"}
    assert "no_such_module" not in catalogue.modules
    members = {name for each in catalogue.members.values() for name in each}
    assert members == {"shape"}
    for row in (*rows, *refusals):
        with pytest.raises(TableError):
            build_catalogue(*(([], [row]) if isinstance(row, Refused) else ([row],)))


def test_a_row_that_says_nonsense_is_an_error_in_any_release():
    with pytest.raises(TableError, match="is a module"):
        build_catalogue([Allow("torch", "nn", why="a mistake")], strict=False)
    with pytest.raises(TableError, match="no adapter"):
        build_catalogue([Allow("math", "sqrt", why="a mistake", adapted=True)], strict=False)


def test_the_wall_that_tests_meet_is_strict(wall):
    assert wall.catalogue.strict
    assert wall.catalogue.skipped == []


def test_the_releases_that_the_tests_run_on_are_audited():
    versions = {name: metadata.version(name) for name in audited.RELEASES if name != "python"} | {
        "python": platform.python_version()
    }
    assert audited.not_audited({k: v for k, v in versions.items() if k != "python"}) == ()
    assert audited.not_audited({"torch": "2.99.1+cpu", "numpy": "9.0"}) == (
        "torch 2.99", "numpy 9.0",
    )  # fmt: skip
    pinned = dict(
        line.split("==")
        for line in (ROOT / "constraints.txt").read_text().splitlines()
        if "==" in line
    )
    assert audited.not_audited(pinned) == ()


def test_a_module_is_never_handed_out_as_a_member():
    with pytest.raises(TableError, match="is a module"):
        build_catalogue([Allow("torch", "nn", why="a mistake")])


def test_every_adapter_has_a_row():
    rows = set()
    for row in peft.ALL_ROWS:
        if isinstance(row, Allow) and row.adapted:
            rows |= {f"{row.of}.{name}" for name in row.names.split()}
    assert set(ADAPTERS) == rows


def test_modules_that_run_or_open_things_are_not_importable():
    for name in ["ctypes", "socket", "shutil", "pickle", "subprocess", "threading", "importlib"]:
        assert name not in IMPORTABLE
    for module, name in [("torch", "load"), ("torch", "save"), ("torch", "ops"), ("torch", "_C")]:
        assert not has_member(module, name)


def test_tables_can_be_read_without_the_libraries():
    import subprocess

    code = (
        "import sys, cloche_server.walls.language as p; "
        "p.compile_technique('x = 1'); print('torch' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
