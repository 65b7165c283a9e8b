"""Each known bug of CPython, attempted behind the wall: the process lives, the answer is right."""

# ruff: noqa: ISC004  # sources, line by line

from __future__ import annotations

import os

import pytest
from cloche_server.walls.language import AccessRefused, interpreter
from cloche_server.walls.language.known_bugs import BUGS

#: By issue: a technique, and what it returns.
ATTEMPTS = {
    115618: (
        "def f():\n"
        "    one = property(lambda self: 1, None, None, 'text')\n"
        "    for _ in range(40000): one.getter(None), one.setter(None), one.deleter(None)\n"
        "    return type(one.setter(None)).__name__\n",
        "property",
    ),
    115243: (
        "from collections import deque\n"
        "class A:\n"
        "    def __eq__(self, other):\n"
        "        d.clear()\n"
        "        return NotImplemented\n"
        "d = deque()\n"
        "def f():\n"
        "    for _ in range(500):\n"
        "        d.extend([A(), A()])\n"
        "        try: d.index(object())\n"
        "        except ValueError: pass\n"
        "    return deque('abc').index('c', 1)\n",
        2,
    ),
    120298: (
        "class A:\n"
        "    def __lt__(self, other):\n"
        "        one.clear(), two.clear()\n"
        "        return NotImplemented\n"
        "    def __gt__(self, other):\n"
        "        return True\n"
        "one, two = [], []\n"
        "def f():\n"
        "    for _ in range(500):\n"
        "        one.append(A()), two.append(A())\n"
        "        one < two\n"
        "    return [1, 2] < [1, 3]\n",
        True,
    ),
    120384: (
        "def f():\n"
        "    for _ in range(500):\n"
        "        x = list(range(100))\n"
        "        def empty():\n"
        "            x.clear()\n"
        "            yield from range(50)\n"
        "        try: x[::2] = empty()\n"
        "        except ValueError: pass\n"
        "    x = [1, 2, 3, 4]\n"
        "    x[::2] = (n for n in (8, 9))\n"
        "    return x\n",
        [8, 2, 9, 4],
    ),
    123378: ("def f():\n    return str(UnicodeDecodeError('y', b'z' * 77, -16, -15, 'r'))\n", None),
    133767: ("def f():\n    return b'\\\\q'.decode('unicode_escape', 'ignore')\n", None),
    101180: ("def f():\n    return '\\u304b\\u309a'.encode('iso2022_jp_2004')\n", None),
    142732: (
        "import itertools\n"
        "def f():\n"
        "    def values():\n"
        "        yield next(it[0], None)\n"
        "    for make in (itertools.zip_longest, lambda v: itertools.islice(v, 5)):\n"
        "        it = [None]\n"
        "        it[0] = make(values())\n"
        "        try: list(it[0])\n"
        "        except ValueError as error: said = str(error)\n"
        "    return said\n",
        "generator already executing",
    ),
    143004: (
        "from collections import Counter\n"
        "class Count:\n"
        "    def __add__(self, other):\n"
        "        counter.clear()\n"
        "        return 1\n"
        "counter = Counter()\n"
        "def f():\n"
        "    for _ in range(500):\n"
        "        counter['a'] = Count()\n"
        "        counter.update('a')\n"
        "    return Counter('aab')['a']\n",
        2,
    ),
    119004: (
        "import typing, collections\n"
        "class Key:\n"
        "    def __hash__(self): return 1\n"
        "    def __eq__(self, other):\n"
        "        for each in made: each.clear()\n"
        "        return False\n"
        "made = []\n"
        "def f():\n"
        "    for make in (collections.OrderedDict, typing.OrderedDict):\n"
        "        for _ in range(200):\n"
        "            made[:] = [make({1: Key(), 2: 1}), make({1: Key(), 2: 1})]\n"
        "            try: made[0] == made[1]\n"
        "            except RuntimeError: pass\n"
        "    return list(collections.OrderedDict(a=1))\n",
        ["a"],
    ),
    142557: ("def f():\n    return bytearray(b'%r') % (1,)\n", None),
    130555: (
        "class A:\n    pass\n"
        "def f():\n    a = A()\n    a.x = 1\n    vars(a).clear()\n    return a.x\n",
        1,
    ),
}


def test_each_row_is_attempted_and_says_what_closes_it():
    assert [each.issue for each in BUGS] == list(dict.fromkeys(each.issue for each in BUGS))
    assert {each.issue for each in BUGS} == set(ATTEMPTS)
    assert all(each.what and each.closed_by for each in BUGS)


@pytest.mark.parametrize("issue", ATTEMPTS, ids=str)
def test_a_known_bug_is_out_of_reach(issue, run):
    source, expected = ATTEMPTS[issue]
    interpreter.patch_interpreter()  # other tests show what it does by itself
    child = os.fork()
    if child == 0:
        status = 1
        try:
            status = 0 if run(source, entry="f") == expected else 2
        except (AccessRefused, ValueError, LookupError, NameError):
            status = 0 if expected is None else 3
        finally:
            os._exit(status)
    _, ended = os.waitpid(child, 0)
    assert ended == 0
