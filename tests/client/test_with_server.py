"""The client with the real server behind it: functions through the wall, on a tiny model."""

from __future__ import annotations

import asyncio
import functools
import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import torch
from cloche import (
    AsyncInterpClient,
    CallTimeoutError,
    Done,
    InterpClient,
    InvalidRequestError,
    MapError,
    PolicyError,
    Progress,
    ServerStartError,
    TechniqueError,
    progress,
)

from tests.support.tiny_model import build_tiny_model

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
SCALE = 2.0


@dataclass
class Row:
    token: int
    score: float = SCALE

    def doubled(self) -> float:
        return 2 * self.score


def _last_logits(model: Any, tokenizer: Any, text: str) -> torch.Tensor:
    ids = tokenizer(text, return_tensors="pt")["input_ids"]
    with torch.no_grad():
        return model(input_ids=ids).logits[0, -1]


def argmax(model: Any, tokenizer: Any, text: str = "hello") -> dict[str, Any]:
    logits = _last_logits(model, tokenizer, text) * SCALE
    row = Row(int(logits.argmax()))
    return {"token": row.token, "doubled": row.doubled(), "logits": logits}


def failing(model: Any, tokenizer: Any) -> int:
    values = [1, 2]
    return values[5]


def reporting(model: Any, tokenizer: Any, steps: int) -> int:
    for step in range(steps):
        progress(step, steps, "step")
    return steps


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[InterpClient]:
    path = build_tiny_model(tmp_path_factory.mktemp("model"))
    paths = [str(ROOT / "client"), str(ROOT / "server"), os.environ.get("PYTHONPATH", "")]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", os.pathsep.join(filter(None, paths)))
        with InterpClient(model_name=path, threads=1, limits={"concurrent_calls": 2}) as made:
            yield made


def test_info(client: InterpClient) -> None:
    info = client.info()
    assert info.state == "ready"
    assert info.model.threads == 1
    assert info.limits.concurrent_calls == 2
    assert any(layer.active for layer in info.layers)


def test_function_with_helpers_constants_and_a_dataclass(client: InterpClient) -> None:
    result = client.run(argmax, text="one two")
    assert result["token"] == int(result["logits"].argmax())
    assert result["doubled"] == 4.0
    assert torch.equal(result["logits"], client.run(argmax, "one two")["logits"])


def test_tensor_in_a_closure(client: InterpClient) -> None:
    direction = torch.arange(4.0)

    def dot(model: Any, tokenizer: Any, other: torch.Tensor) -> float:
        return float(direction @ other)

    assert client.run(dot, torch.ones(4)) == 6.0


def test_decorated_function_and_lambda(client: InterpClient) -> None:
    @functools.cache
    def cached(x: int) -> int:
        return x + 1

    @torch.no_grad()
    def t(model: Any, tokenizer: Any) -> tuple[int, bool]:
        return cached(1), torch.is_grad_enabled()

    add = lambda model, tokenizer, x: x + 1  # noqa: E731
    assert client.run(t) == (2, False)
    assert client.run(add, 4) == 5


def test_exception_speaks_of_this_file(client: InterpClient) -> None:
    with pytest.raises(TechniqueError) as caught:
        client.run(failing)
    line = failing.__code__.co_firstlineno + 2
    assert caught.value.type == "IndexError"
    assert caught.value.frames[-1].line == line
    assert caught.value.frames[-1].text == "return values[5]"
    assert f'test_with_server.py", line {line}, in failing' in str(caught.value)


def test_exception_below_bound_values(client: InterpClient) -> None:
    weights = torch.ones(2)

    def broken(model: Any, tokenizer: Any) -> Any:
        return weights @ torch.ones(3)

    with pytest.raises(TechniqueError) as caught:
        client.run(broken)
    assert [frame.function.rpartition(".")[2] for frame in caught.value.frames] == ["broken"]
    assert "cloche_entry" not in str(caught.value)


def test_refusal_speaks_of_this_file(client: InterpClient) -> None:
    def thief(model: Any, tokenizer: Any) -> Any:
        return model.__class__.__subclasses__()

    line = thief.__code__.co_firstlineno + 1
    with pytest.raises(PolicyError) as caught:
        client.run(thief)
    (item,) = caught.value.diagnostics
    assert (item.line, item.column) == (line, 16)
    assert f"test_with_server.py:{line}:16: " in str(caught.value)
    assert "\n    return model.__class__.__subclasses__()\n           ^^^" in str(caught.value)
    assert client.check(thief) == caught.value.diagnostics
    assert client.check(argmax) == ()


def scaled(model: Any, tokenizer: Any, row: Any) -> Any:
    return {"token": row.token * 2, "type": row.type_name, "has": hasattr(row, "none")}


def test_fields_of_an_argument_are_read_by_attribute(client: InterpClient) -> None:
    sent = Row(**dict.fromkeys(Row.__dataclass_fields__, 4))
    assert client.run(scaled, sent) == {"token": 8, "type": "Row", "has": False}


UNSURE = """\
import numpy as np

def unsure(model, tokenizer, slow=False):
    if slow:
        np.save("x", tokeniser)
    return 1
"""


def test_a_check_tells_what_a_run_may_never_reach(client: InterpClient) -> None:
    assert client.run(UNSURE) == 1
    saved, unknown = client.check(UNSURE)
    assert (saved.line, saved.column, saved.code) == (5, 9, "attribute-refused")
    assert (unknown.line, unknown.column) == (5, 22)
    assert unknown.message == "the name 'tokeniser' is not defined"
    with pytest.raises(PolicyError) as caught:
        client.run(UNSURE, slow=True)
    (item,) = caught.value.diagnostics
    assert (item.line, item.code) == (saved.line, saved.code)
    assert (item.message, item.hint) == (saved.message, saved.hint)


def test_progress_and_output(client: InterpClient) -> None:
    events = list(client.stream(reporting, 3))
    assert [e.done for e in events if isinstance(e, Progress)] == [0, 1, 2]
    assert isinstance(events[-1], Done)
    assert events[-1].result == 3


def test_large_result_comes_in_chunks(client: InterpClient) -> None:
    source = "import torch\ndef f(model, tokenizer):\n    return torch.arange(3_000_000)\n"
    assert torch.equal(client.run(source), torch.arange(3_000_000))


def test_timeout_and_the_next_call(client: InterpClient) -> None:
    source = "def spin(model, tokenizer):\n    while True:\n        pass\n"
    started = time.monotonic()
    with pytest.raises(CallTimeoutError):
        client.with_options(timeout=0.5).run(source)
    assert time.monotonic() - started < 5
    assert client.run("def f(model, tokenizer):\n    return 1\n") == 1


def test_closing_the_stream_frees_the_place(client: InterpClient) -> None:
    source = "def spin(model, tokenizer):\n    print('x')\n    while True:\n        pass\n"
    for _ in range(4):  # twice as many as may run at once
        stream = client.stream(source)
        next(stream)
        stream.close()
    assert client.run("def f(model, tokenizer):\n    return 1\n") == 1


def test_seed(client: InterpClient) -> None:
    source = "import torch\ndef f(model, tokenizer):\n    return torch.rand(4)\n"
    seeded = client.with_options(seed=5)
    assert torch.equal(seeded.run(source), seeded.run(source))
    assert not torch.equal(client.run(source), client.run(source))


def test_wrong_entry_point(client: InterpClient) -> None:
    with pytest.raises(InvalidRequestError, match="nowhere") as caught:
        client.with_options(entry_point="nowhere").run("def f(model, tokenizer):\n    return 1\n")
    assert caught.value.field == "entry_point"


def test_map(client: InterpClient) -> None:
    source = "def f(model, tokenizer, x):\n    print(x)\n    return 1 / x\n"
    with pytest.raises(MapError, match=r"1 of 8 .*input 3: ZeroDivisionError") as found:
        client.map(source, [1, 2, 4, 0, 8, 16, 32, 64])
    assert found.value.results == [1, 0.5, 0.25, None, 1 / 8, 1 / 16, 1 / 32, 1 / 64]


def test_closing_a_map_frees_its_places(client: InterpClient) -> None:
    source = "def f(model, tokenizer, x):\n    while x:\n        pass\n    return x\n"
    items = client.as_completed(source, [0, 1, 1, 1], concurrency=2)
    assert next(items).result == 0
    items.close()
    assert client.map(source, [0, 0, 0]) == [0, 0, 0]


async def test_from_an_event_loop(client: InterpClient) -> None:
    async with AsyncInterpClient(address=client.address) as asynchronous:
        first, second = await asyncio.gather(
            asynchronous.run(argmax, "hello"), asynchronous.run(argmax, "world")
        )
    assert torch.equal(first["logits"], client.run(argmax, "hello")["logits"])
    assert torch.equal(second["logits"], client.run(argmax, "world")["logits"])


def test_info_says_whether_the_policy_was_audited(client: InterpClient) -> None:
    info = client.info()
    others = {each.partition(" ")[0] for each in info.not_audited}
    assert others == set()  # the releases of constraints.txt
    assert info.audited == (not others)
    assert info.skipped_names == 0
    assert ("policy    audited" in str(info)) == info.audited


def test_what_ends_a_start_is_said(
    tmp_path: Path, tiny_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A library that is broken, or another release than the server can use."""
    broken = tmp_path / "einops"
    broken.mkdir()
    (broken / "__init__.py").write_text("raise AttributeError('torch has no frobnicate')\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with pytest.raises(
        ServerStartError, match=r"cannot start: AttributeError: torch has no frobnicate"
    ):
        InterpClient(model_name=tiny_model, progress=False)
