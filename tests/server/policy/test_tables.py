"""The tables fit the installed libraries, say why, and repeat nothing."""

from __future__ import annotations

import sys
import types
from collections import Counter

import pytest
from cloche_server.policy.adapters import ADAPTERS
from cloche_server.policy.catalogue import TableError, build_catalogue, resolve
from cloche_server.policy.slots import dict_of, mro_of
from cloche_server.policy.tables import peft
from cloche_server.policy.tables.modules import IMPORTABLE, ROWS, has_member
from cloche_server.policy.tables.rows import Allow, Field, Settable


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
    for name in ["os", "sys", "io", "pickle", "subprocess", "inspect", "types", "gc", "importlib"]:
        assert name not in IMPORTABLE
    for module, name in [("torch", "load"), ("torch", "save"), ("torch", "ops"), ("torch", "_C")]:
        assert not has_member(module, name)


def test_tables_can_be_read_without_the_libraries():
    import subprocess

    code = (
        "import sys, cloche_server.policy as p; "
        "p.compile_technique('x = 1'); print('torch' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
