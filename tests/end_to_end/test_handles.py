"""A server whose sandboxes map the weights that a loader left: the same calls, the same model.

The whole of the shared servers' tests runs so with `pytest --weights handles`, as `make nightly`
does.
"""

from __future__ import annotations

import dataclasses
import os
import re
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from cloche.contract.config import ModelConfig, ServerConfig

from tests.end_to_end.test_pristine import VANDAL, WITNESS, same
from tests.support.server import Raised, Refused, Returned, RunningServer, running_server
from tests.support.tiny_adapter import build_tiny_adapter
from tests.support.waiting import PATIENCE_S


@pytest.fixture(scope="module")
def handles(config: ServerConfig) -> Iterator[RunningServer]:
    model = dataclasses.replace(config.model, weights="handles")
    with running_server(dataclasses.replace(config, model=model)) as running:
        yield running


@pytest.fixture(scope="module")
def plain(config: ServerConfig) -> Iterator[RunningServer]:
    """With the language wall off."""
    model = dataclasses.replace(config.model, weights="handles")
    chosen = dataclasses.replace(config, model=model, unsafe_walls_off=("language",))
    with running_server(chosen) as running:
        yield running


def test_a_call_gives_the_same_bits_as_over_a_fork(
    handles: RunningServer, server: RunningServer
) -> None:
    assert same(handles.value(WITNESS, seed=7), server.value(WITNESS, seed=7))


def test_a_vandal_leaves_no_trace(handles: RunningServer) -> None:
    before = handles.value(WITNESS, seed=7)
    ruined, _ = handles.value(VANDAL)
    assert ruined != before["logits"].double().sum().item()
    assert same(handles.value(WITNESS, seed=7), before)


def test_a_pass_copies_no_weight(plain: RunningServer) -> None:
    source = """
import torch

def copied(model, tokenizer):
    ids = tokenizer("The capital of France is", return_tensors="pt")["input_ids"]
    model(ids, labels=ids).loss.backward()
    model.generate(ids, max_new_tokens=3, do_sample=False)
    return [n for n, p in model.named_parameters() if not torch._C._is_cow_tensor(p)]
"""
    assert plain.value(source) == []


def test_a_weight_that_is_returned_is_not_copied_for_it(plain: RunningServer) -> None:
    source = """
import torch

def row(model, tokenizer):
    global kept
    kept = model.model.embed_tokens.weight
    return kept[3].detach()

def row_and_look(model, tokenizer):
    from cloche import wire
    wire.encode(row(model, tokenizer))
    return torch._C._is_cow_tensor(kept)
"""
    assert plain.value(source, entry_point="row_and_look") is True
    whole = "def row(model, tokenizer): return model.model.embed_tokens.weight.detach()"
    row = plain.value(source, entry_point="row")
    assert row.tolist() == plain.value(whole)[3].tolist()


def test_the_layer_says_what_was_tried(handles: RunningServer) -> None:
    layers = {layer.name: layer for layer in handles.info().layers}
    assert list(layers["weights read-only"].closes) == ["change the shared weights"]
    assert layers["all threads"].active


def test_native_code_can_change_no_weight(plain: RunningServer) -> None:
    """It writes where they lie, and its own sandbox ends; the next call meets them as loaded."""
    before = plain.value(WITNESS, seed=7)
    source = """
import ctypes, torch

def attack(model, tokenizer):
    weight = model.model.embed_tokens.weight
    address = torch._C._data_address(weight) + weight.storage_offset() * 4
    ctypes.memset(address, 0, 4096)
    return "wrote"
"""
    outcome = plain.execute(source)
    assert isinstance(outcome, Refused), outcome
    assert "SIGSEGV" in outcome.message
    assert same(plain.value(WITNESS, seed=7), before)


def test_native_code_has_no_descriptor_of_them(plain: RunningServer) -> None:
    source = """
import os

def count(model, tokenizer):
    found = []
    for number in range(64):
        try:
            os.read(number, 0)
            found.append(number)
        except OSError:
            pass
    return found
"""
    assert plain.value(source) == [3]


def test_an_edit_is_memory_of_the_calls_own(handles: RunningServer) -> None:
    source = """
def grow(model, tokenizer):
    for parameter in model.parameters():
        parameter.data.add_(1)
    return sum(p.numel() * p.element_size() for p in model.parameters())
"""
    outcome = handles.execute(source)
    assert isinstance(outcome, Returned), outcome
    # But for what its heap had left.
    assert outcome.usage.memory_peak_bytes >= outcome.value // 2


def test_a_call_that_ends_badly_is_followed_by_an_audit(plain: RunningServer) -> None:
    audits = plain.log().count("weights audited")
    outcome = plain.execute("def f(model, tokenizer):\n    while True: pass", timeout_s=0.5)
    assert isinstance(outcome, Refused)
    assert outcome.reason == "TIMEOUT"
    deadline = time.monotonic() + PATIENCE_S
    while plain.log().count("weights audited") == audits and time.monotonic() < deadline:
        time.sleep(0.05)
    found = re.findall(r"weights audited: (.*)", plain.log())
    assert found, plain.log()
    assert found[-1].endswith("as loaded")
    assert not [p for p in plain.zombies() if p.pid != plain.process.pid]


def test_a_call_that_ends_well_is_not(handles: RunningServer) -> None:
    audits = handles.log().count("weights audited")
    assert handles.value("def f(model, tokenizer): return 1") == 1
    assert isinstance(handles.execute("def f(model, tokenizer): return 1 / 0"), Raised)
    handles.idle_sandboxes()
    assert handles.log().count("weights audited") == audits


def test_the_zygote_holds_no_weights_and_no_loader_stays(handles: RunningServer) -> None:
    """What is left of the loader are the files, which no process has mapped writable."""
    names = [" ".join(process.cmdline()) for process in handles.processes()]
    assert len(names) <= 3 + handles.config.pool_size + 1, names
    for process in handles.idle_sandboxes():
        for line in Path(f"/proc/{process.pid}/maps").read_text().splitlines():
            if "cloche-weights" in line:
                assert line.split()[1] == "r--s", line
    assert "cloche-weights" not in Path(f"/proc/{handles.zygote().pid}/maps").read_text()


def test_a_zygote_that_dies_is_replaced(config: ServerConfig) -> None:
    model = dataclasses.replace(config.model, weights="handles")
    with running_server(dataclasses.replace(config, model=model)) as server:
        before = server.value(WITNESS, seed=7)
        os.kill(server.zygote().pid, signal.SIGKILL)
        time.sleep(0.2)
        server.wait_until_ready()
        assert same(server.value(WITNESS, seed=7), before)


@pytest.mark.parametrize("merge", [False, True])
def test_adapters_come_along(
    config: ServerConfig, tiny_model: Path, tmp_path: Path, merge: bool
) -> None:
    adapter = build_tiny_adapter(tmp_path / "adapter", tiny_model)
    source = """
import torch

def logits(model, tokenizer):
    ids = tokenizer("The capital of France is", return_tensors="pt")["input_ids"]
    with torch.no_grad():
        return model(ids).logits
"""
    found = []
    for weights in ("fork", "handles"):
        model = ModelConfig(
            name=str(adapter), base_model=str(tiny_model), merge_adapter=merge, threads=1,
            weights=weights,  # type: ignore[arg-type]
        )  # fmt: skip
        with running_server(dataclasses.replace(config, model=model)) as server:
            found.append(server.value(source))
    assert same(*found)
