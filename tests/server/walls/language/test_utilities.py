"""The standard library as a technique meets it: where texts go, and what refusals say."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from cloche_server.walls.language import AccessRefused, PolicyViolation, compile_technique
from cloche_server.walls.language.tools import Outlets


@pytest.fixture
def told(wall):
    """Runs a source; returns its result, and where each text went."""

    def told(source, *args):
        went = []
        outlets = Outlets(
            record=lambda level, text: went.append((level, text)),
            write_error=lambda text: went.append(("stderr", text)),
            describe=lambda error: f"described {type(error).__name__}\n",
        )
        compiled = compile_technique(source)
        namespace = wall.namespace(
            write=lambda text: went.append(("stdout", text)),
            progress=lambda *report: went.append(("progress", report)),
            outlets=outlets,
        )
        exec(compiled.code, namespace)
        return namespace[compiled.functions[-1]](*args), went

    return told


def test_records_go_to_the_caller_with_their_levels(told):
    _, went = told(
        "import logging\n"
        "logging.basicConfig(level=logging.INFO)\n"
        "log = logging.getLogger('probe')\n"
        "def f():\n"
        "    log.debug('no')\n"
        "    log.info('%d layers', 3)\n"
        "    logging.warning('root')\n"
        "    try:\n"
        "        raise ValueError('x')\n"
        "    except ValueError:\n"
        "        log.exception('failed')\n"
    )
    assert went == [
        ("info", "probe: 3 layers"),
        ("warning", "root"),
        ("error", "probe: failed\ndescribed ValueError"),
    ]


def test_a_format_is_kept(told):
    _, went = told(
        "import logging, sys\n"
        "form = '%(levelname)s|%(message)s'\n"
        "logging.basicConfig(level='DEBUG', format=form, stream=sys.stderr)\n"
        "def f():\n    logging.debug('a')\n"
    )
    assert went == [("debug", "DEBUG|a")]


def test_without_a_level_only_warnings_are_recorded(told):
    _, went = told("import logging\ndef f():\n    logging.info('a')\n    logging.error('b')\n")
    assert went == [("error", "b")]


def test_a_file_for_logs_is_refused_in_words(told):
    with pytest.raises(PermissionError, match="no files"):
        told("import logging\ndef f():\n    logging.basicConfig(filename='x.log')\n")


def test_warnings_go_to_the_caller_once_each(told):
    _, went = told(
        "import warnings\n"
        "def f():\n"
        "    for _ in range(3):\n        warnings.warn('slow')\n"
        "    warnings.warn('old', DeprecationWarning)\n"
    )
    assert went == [("warning", "UserWarning: slow"), ("warning", "DeprecationWarning: old")]


def test_filters_of_one_call_do_not_outlive_it(told):
    import warnings

    before = list(warnings.filters)
    told("import warnings\ndef f():\n    warnings.simplefilter('ignore')\n")
    assert warnings.filters == before
    _, went = told("import warnings\ndef f():\n    warnings.warn('x')\n")
    assert went == [("warning", "UserWarning: x")]


def test_print_goes_where_it_is_told(told):
    text, went = told(
        "import sys, io, contextlib\n"
        "class Own:\n"
        "    got = ''\n"
        "    def write(self, text):\n        self.got += text\n"
        "def f():\n"
        "    own, out = Own(), io.StringIO()\n"
        "    print('a', file=sys.stderr)\n"
        "    sys.stdout.write('b')\n"
        "    print('c', file=own, end='')\n"
        "    with contextlib.redirect_stdout(out):\n        print('d')\n"
        "    print('e', file=None)\n"
        "    return own.got + out.getvalue()\n"
    )
    assert text == "cd\n"
    assert went == [("stderr", "a\n"), ("stdout", "b"), ("stdout", "e\n")]


def test_print_writes_to_nothing_that_has_no_write_of_its_own(told):
    with pytest.raises(AttributeError, match="'Tensor' object has no attribute 'write'"):
        told("def f(x):\n    print('a', file=x)\n", torch.ones(1))


def test_bars_report_as_progress_does(told):
    _, went = told(
        "from tqdm.auto import tqdm, trange\n"
        "def f():\n"
        "    for x in tqdm([1, 2], desc='layers', mininterval=0):\n        pass\n"
    )
    kinds, reports = zip(*went, strict=True)
    assert set(kinds) == {"progress"}
    assert reports[0] == (0.0, 2.0, "layers")
    assert reports[-1] == (2.0, 2.0, "layers")


def test_a_long_loop_reports_seldom(told):
    _, went = told("from tqdm import trange\ndef f():\n    for _ in trange(5000):\n        pass\n")
    assert 2 <= len(went) < 200


def test_uuids_are_of_the_calls_random_numbers(told):
    source = "import random, uuid\ndef f():\n    random.seed(3)\n    return str(uuid.uuid4())\n"
    assert told(source)[0] == told(source)[0]


def test_bytes_of_objects_are_refused(told):
    held = np.array([object()], dtype=object)
    imports = "import base64, binascii, hashlib, io, struct, zlib\n"
    lines = ["base64.b64encode(x)", "zlib.compress(x)", "hashlib.md5(x)", "binascii.hexlify(x)"]
    lines += ["io.BytesIO().write(x)", "hashlib.sha256().update(x)", "struct.unpack('<Q', x)"]
    for line in lines:
        with pytest.raises(AccessRefused, match="array of Python objects"):
            told(f"{imports}def f(x):\n    {line}\n", held)


def test_a_technique_may_bind_the_names_that_what_is_written_uses(told):
    """What is written for it is not changed by names of its own."""
    result, _ = told(
        "import inspect, logging, types\n"
        "from tqdm import tqdm\n"
        "len = isinstance = hasattr = str = dict = setattr = None\n"
        "def f():\n"
        "    logging.warning('x %s', 1)\n"
        "    rows = [x for x in tqdm(range(3))]\n"
        "    return rows, types.SimpleNamespace(a=1).a, [*inspect.signature(f).parameters]\n"
    )
    assert result == ([0, 1, 2], 1, [])


@pytest.mark.parametrize(
    ("line", "hint"),
    [
        ("os.listdir('.')", "os.path.join"),
        ("pathlib.Path('a').exists()", "argument"),
        ("io.open('a')", "StringIO"),
        ("sys.exit()", "return"),
        ("inspect.getsource(f)", "inspect.signature"),
        ("logging.FileHandler('a')", "getLogger"),
        ("traceback.walk_stack(None)", "format_exc"),
    ],
)
def test_what_is_left_out_says_what_to_write(told, line, hint):
    modules = "inspect, io, logging, os, pathlib, sys, traceback"
    with pytest.raises((AccessRefused, PolicyViolation)) as caught:
        told(f"import {modules}\ndef f():\n    {line}\n")
    assert hint in str(caught.value)


def test_kinds_of_functions_are_told_apart(told):
    result, _ = told(
        "import inspect, types\n"
        "class A:\n    def m(self):\n        pass\n"
        "def f():\n"
        "    return [inspect.ismethod(A().m), inspect.ismethod(f), inspect.isfunction(A.m),\n"
        "            isinstance(f, types.FunctionType), inspect.isroutine(A().m)]\n"
    )
    assert result == [True, False, True, True, True]
