"""An operator's list of modules is held to wherever in a source an import stands."""

from __future__ import annotations

import pytest
from cloche_server.sandbox.imports import not_allowed


@pytest.mark.parametrize(
    "source",
    [
        "import json",
        "import math, json",
        "import json as torch",
        "from json import loads",
        "import torch.nn, json.decoder",
        "def f():\n    class A:\n        def g(self):\n            from json import loads as torch",
        "try:\n    import json\nexcept ImportError:\n    pass",
        "if False:\n    import json",
        "match 1:\n    case 1:\n        import ｊson",
        "with a:\n    import json",
        "async def f():\n    async for _ in g():\n        import json",
    ],
)
def test_a_module_that_is_not_listed(source: str) -> None:
    (found,) = not_allowed(source, ("torch", "math"))
    assert found.code == "import-not-allowed"
    assert "import of 'json" in found.message
    assert "it allows torch, math" in found.hint
    line = source.split("\n")[found.line - 1]
    assert line[found.column - 1 :].startswith(("import ", "from json"))


@pytest.mark.parametrize(
    "source",
    ["import torch.nn", "from math import pi", "from cloche import progress", "x = 'import json'"],
)
def test_one_that_is(source: str) -> None:
    assert not_allowed(source, ("torch", "math")) == ()


def test_no_list_narrows_nothing_and_an_empty_one_everything() -> None:
    assert not_allowed("import json", None) == ()
    assert len(not_allowed("import json, math", ())) == 2
