"""Two models behind one server, each with a hidden prompt; one has adapters, and redacts it."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from pathlib import Path

import grpc
import numpy as np
import psutil
import pytest
import torch
from cloche import Done, InterpClient, ServerUnavailableError, wire
from cloche.contract.config import Limits, ModelConfig, ServerConfig
from cloche.v1 import execution_pb2 as pb
from peft import PeftModel
from transformers import AutoModelForCausalLM, AutoTokenizer

from tests.support.server import Refused, RunningServer, request, running_server
from tests.support.tiny_adapter import build_tiny_adapter
from tests.support.tiny_model import build_tiny_model

PROMPT = "The wind and the old boats are pirates."
MIB = 1 << 20
KIND = "def f(model, tokenizer): return type(model.config).__name__"


@pytest.fixture(scope="module")
def adapters(tiny_model: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("adapters")
    return (
        build_tiny_adapter(folder / "first", tiny_model),
        build_tiny_adapter(folder / "second", tiny_model, seed=2),
    )


@pytest.fixture(scope="module")
def both(
    tiny_model: Path, adapters: tuple[Path, Path], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningServer]:
    other = build_tiny_model(tmp_path_factory.mktemp("tiny-gpt2"), architecture="gpt2")
    config = ServerConfig(
        model=ModelConfig(
            name=str(other), served_as="plain", hidden_system_prompt=PROMPT, threads=1
        ),
        also=(
            ModelConfig(
                name=str(adapters[0]),
                base_model=str(tiny_model),
                adapters=(("second", str(adapters[1])),),
                served_as="adapted",
                hidden_system_prompt=PROMPT,
                redact_hidden_prompt=True,
                threads=1,
                pool_size=1,
                memory_max_bytes=512 * MIB,
            ),
        ),
        limits=Limits(concurrent_calls=2, timeout_max_s=60.0),
        pool_size=1,
    )
    with running_server(config) as server:
        _wait_for(server, "adapted")
        _wait_for(server, "plain")
        yield server


def _model(server: RunningServer, name: str) -> pb.ServedModel:
    (found,) = [each for each in server.info().models if each.name == name]
    return found


def _wait_for(server: RunningServer, name: str, seconds: float = 120.0) -> None:
    deadline = time.monotonic() + seconds
    while _model(server, name).state != pb.SERVER_STATE_READY:
        assert time.monotonic() < deadline, server.log()
        time.sleep(0.05)


@pytest.fixture
def client(both: RunningServer) -> Iterator[InterpClient]:
    with InterpClient(address=both.address, progress=False) as made:
        yield made


def test_calls_go_to_the_model_that_they_name(both: RunningServer, client: InterpClient) -> None:
    assert client.run(KIND) == "GPT2Config"
    assert client.with_options(model="plain").run(KIND) == "GPT2Config"
    view = client.with_options(model="adapted")
    assert view.run(KIND) == "LlamaConfig"
    assert view.check(KIND) == ()
    with InterpClient(address=both.address, model_name="adapted", progress=False) as chosen:
        assert chosen.run(KIND) == "LlamaConfig"


def test_a_model_that_is_not_served_is_refused_with_those_that_are(
    both: RunningServer, client: InterpClient
) -> None:
    call = request(KIND)
    call.model = "other"
    with pytest.raises(grpc.RpcError) as caught:
        both.stub.Execute(pb.ExecuteRequest(call=call))
    assert caught.value.code() is grpc.StatusCode.INVALID_ARGUMENT
    assert "'other'; this server has: plain, adapted" in caught.value.details()
    found = client.with_options(model="other").check(KIND)
    assert "this server has: plain, adapted" in found[0].message


def test_info_lists_them(client: InterpClient, tiny_model: Path) -> None:
    info = client.info()
    plain, adapted = info.models
    assert (plain.name, adapted.name) == ("plain", "adapted")
    assert info.model == plain.model
    assert plain.model.architecture == "GPT2LMHeadModel"
    assert adapted.model.architecture == "LlamaForCausalLM"
    assert adapted.model.base_model == str(tiny_model)
    assert adapted.model.adapters == ("default", "second")
    assert adapted.memory_max_bytes == 512 * MIB < plain.memory_max_bytes


def test_each_has_limits_of_its_own(client: InterpClient) -> None:
    granted = {}
    for name in ("plain", "adapted"):
        view = client.with_options(model=name, memory="1GiB")
        accepted = next(iter(view.stream(KIND)))
        granted[name] = accepted.memory_bytes
    assert granted == {"plain": 1 << 30, "adapted": 512 * MIB}


COMPARE = """
import torch

def compare(model, tokenizer, ids):
    with torch.no_grad():
        on = model(ids).logits
        with model.disable_adapter():
            off = model(ids).logits
        model.set_adapter("second")
        return on, off, model(ids).logits
"""


def test_adapters_are_switched_within_a_call_and_are_as_before_in_the_next(
    client: InterpClient, tiny_model: Path, adapters: tuple[Path, Path]
) -> None:
    base = AutoModelForCausalLM.from_pretrained(tiny_model, attn_implementation="eager")
    ids = torch.tensor([[1, 40, 50, 60]])
    with torch.no_grad():
        off = base(ids).logits
        bare = PeftModel.from_pretrained(base, adapters[0]).eval()
        bare.load_adapter(adapters[1], "second")
        bare.set_adapter("default")
        on = bare(ids).logits
        bare.set_adapter("second")
        second = bare(ids).logits
    view = client.with_options(model="adapted")
    for _ in range(2):
        found = view.run(COMPARE, ids)
        for value, expected in zip(found, (on, off, second), strict=True):
            torch.testing.assert_close(value, expected)


SEES = """
def sees(model, tokenizer):
    ids = tokenizer("a cat")["input_ids"]
    out = model.generate(**tokenizer("a cat", return_tensors="pt"), max_new_tokens=2)
    return {
        "ids": ids,
        "text": tokenizer.decode(ids),
        "tokens": tokenizer.tokenize("a cat"),
        "shown": repr(tokenizer),
        "chat": tokenizer.apply_chat_template([{"role": "user", "content": "a"}], tokenize=False),
        "generated": out[0].tolist()[: len(ids)],
        "decoded": tokenizer.batch_decode(out),
    }
"""


def test_a_hidden_prompt_stands_before_what_is_tokenized_and_shows_nowhere_else(
    both: RunningServer, client: InterpClient, tiny_model: Path
) -> None:
    tokenizer = AutoTokenizer.from_pretrained(tiny_model)
    prompt = tokenizer(PROMPT, add_special_tokens=False)["input_ids"]
    text = tokenizer("a cat", add_special_tokens=False)["input_ids"]
    seen = client.with_options(model="adapted").run(SEES)
    assert seen.pop("ids") == seen.pop("generated") == [1, *[-1] * len(prompt), *text]
    assert seen["text"] == "<bos>a cat"
    assert seen["decoded"][0].startswith("<bos>a cat")
    assert "pirate" not in repr(seen)
    assert "pirate" not in both.log() + str(both.info()) + repr(client.info())
    failing = "def f(model, tokenizer): tokenizer('a', truncation=True, max_length=3)"
    with pytest.raises(Exception, match="has no room for text") as caught:
        client.with_options(model="adapted").run(failing)
    assert "pirate" not in str(caught.value)
    for process in both.processes():
        with contextlib.suppress(psutil.Error):
            assert "pirate" not in " ".join(process.cmdline()) + str(process.environ())
    for attempt in ("tokenizer._hidden", "tokenizer._hidden.ids"):
        found = both.execute(f"def f(model, tokenizer): return {attempt}")
        assert isinstance(found, Refused), attempt
    assert "pirate" not in repr(both.value("def f(model, tokenizer): return vars(tokenizer)"))


IDS = """
import numpy as np
import torch

def ids(model, tokenizer, size):
    listed = tokenizer("a cat")["input_ids"]
    tokenizer.pad_token, tokenizer.padding_side = tokenizer.eos_token, "left"
    batch = tokenizer(["a cat", "The capital"], padding=True, return_tensors="pt")
    row = torch.tensor(listed)
    large = torch.cat([torch.arange(size), row, torch.arange(size)])
    result = {
        "listed": listed,
        "nested": [{"deep": (listed, {tuple(listed): 1})}],
        "batch": dict(batch),
        "array": np.array(listed, dtype="uint16"),
        "large": large,
        "sliced": listed[2:],
        "sum": int(row.sum()),
    }
    with torch.no_grad():
        result["logits"] = model(**batch).logits[:, -1]
    return result
"""


@pytest.mark.parametrize("name", ["adapted", "plain"])
def test_ids_are_masked_in_every_kind_of_result_where_the_prompt_is_redacted(
    both: RunningServer,
    client: InterpClient,
    tiny_model: Path,
    name: str,
) -> None:
    tokenizer = AutoTokenizer.from_pretrained(tiny_model)
    real = tokenizer(PROMPT, add_special_tokens=False)["input_ids"]
    first, second = (
        tokenizer(text, add_special_tokens=False)["input_ids"] for text in ("a cat", "The capital")
    )
    prompt = [-1] * len(real) if name == "adapted" else real
    listed = [1, *prompt, *first]
    for size in (10, 1 << 18):  # in one message, and in several chunks
        call = request(IDS, size)
        call.model = name
        response = both.stub.Execute(pb.ExecuteRequest(call=call))
        *_, done = client.with_options(model=name).stream(IDS, size)
        assert isinstance(done, Done)
        for found in (wire.decode(response.result), done.result):
            assert found["listed"] == listed
            assert found["nested"] == [{"deep": (listed, {tuple(listed): 1})}]
            width = len(prompt) + 1 + max(len(first), len(second))
            for row, text in zip(
                found["batch"]["input_ids"].tolist(), (first, second), strict=True
            ):
                assert len(row) == width
                assert row[-len(prompt) - len(text) :] == [*prompt, *text]
            assert found["array"].tolist() == np.array(listed).astype("uint16").tolist()
            assert found["large"].tolist() == [*range(size), *listed, *range(size)]
            # The rest of what the technique made of the real ones is as it made it.
            assert found["sliced"] == [*real[1:], *first]
            assert found["sum"] == sum([1, *real, *first])
            assert found["logits"].isfinite().all()


def test_a_result_without_the_prompt_is_sent_as_by_any_server(both: RunningServer) -> None:
    source = """
import torch

def f(model, tokenizer):
    return {"a": [(1, 2), {3}], "large": torch.arange(1 << 18), "words": ["a", b"c"]}
"""
    results = set()
    for name in ("adapted", "plain"):
        call = request(source)
        call.model = name
        results.add(both.stub.Execute(pb.ExecuteRequest(call=call)).result)
    value = {"a": [(1, 2), {3}], "large": torch.arange(1 << 18), "words": ["a", b"c"]}
    assert results == {wire.encode(value)}


SLEEPS = """
import time

def sleeps(model, tokenizer):
    time.sleep(1)
    return 1
"""


def _launchers(server: RunningServer) -> list[psutil.Process]:
    """Of the models' processes, the one that has run the longest first."""
    found = [
        process
        for process in psutil.Process(server.process.pid).children()
        if "cloche_server.zygote.launcher" in process.cmdline()
    ]
    return sorted(found, key=lambda each: each.create_time())


def _one_that_is_not_ready(server: RunningServer) -> str:
    deadline = time.monotonic() + 30
    while True:
        names = [each.name for each in server.info().models if each.state != pb.SERVER_STATE_READY]
        if names:
            (name,) = names
            return name
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_one_that_dies_does_not_disturb_the_other(
    both: RunningServer, client: InterpClient
) -> None:
    killed = set()
    for _ in range(2):  # the other one, the second time: the first has been started again
        running = {
            name: iter(client.with_options(model=name).stream(SLEEPS))
            for name in ("plain", "adapted")
        }
        for events in running.values():
            next(events)  # accepted: it runs
        first, second = _launchers(both)
        (zygote,) = first.children()
        zygote.kill()
        name = _one_that_is_not_ready(both)
        killed.add(name)
        (other,) = running.keys() - {name}
        assert both.info().state == pb.SERVER_STATE_READY
        call = request(KIND)
        call.model = name
        with pytest.raises(grpc.RpcError) as caught:
            both.stub.Execute(pb.ExecuteRequest(call=call))
        assert caught.value.code() is grpc.StatusCode.UNAVAILABLE
        assert list(running[other])[-1].result == 1
        with pytest.raises(ServerUnavailableError):
            list(running[name])
        assert client.with_options(model=other).run(KIND)
        # The client waits for the one that is coming back.
        assert client.with_options(model=name).run(KIND)
        assert second.is_running()
    assert killed == {"plain", "adapted"}


def test_a_flood_on_one_holds_no_call_of_the_other(both: RunningServer) -> None:
    sleep = "import time\ndef f(model, tokenizer): time.sleep(20)"
    flood = []
    for _ in range(40):
        call = request(sleep, timeout_s=30)
        call.model = "plain"
        flood.append(both.stub.Execute.future(pb.ExecuteRequest(call=call)))
    time.sleep(1)
    call = request(KIND)
    call.model = "adapted"
    began = time.monotonic()
    both.stub.Execute(pb.ExecuteRequest(call=call), timeout=60)
    assert time.monotonic() - began < 15
    assert not all(each.done() for each in flood)
    for each in flood:
        each.cancel()
