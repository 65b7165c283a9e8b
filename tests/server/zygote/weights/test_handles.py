"""A loader leaves weights behind, and a model that was made without any gets them back."""

from __future__ import annotations

import ctypes
import errno
import faulthandler
import json
import mmap
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
import torch
from cloche.contract.config import ModelConfig
from cloche_server.models import adapters
from cloche_server.models.adapters import Adapter
from cloche_server.models.errors import ModelError
from cloche_server.models.load import load
from cloche_server.models.local import LocalModel
from cloche_server.walls.kernel import libc
from cloche_server.zygote.rehearsal import rehearse
from cloche_server.zygote.weights import cow, handles
from cloche_server.zygote.weights.handles import Brought
from cloche_server.zygote.weights.manifest import lay_out
from cloche_server.zygote.weights.storages import by_storage, places

from tests.support import gvisor
from tests.support.tiny_adapter import build_tiny_adapter
from tests.support.tiny_model import ARCHITECTURES, build_tiny_model

IDS = torch.tensor([[1, 5, 9, 2]])


@pytest.fixture(autouse=True)
def _one_thread() -> None:
    torch.set_num_threads(1)


def _loaded(path: Path, dtype: str = "float32", **options: Any) -> Any:
    local = LocalModel(path=path, name="tiny", revision=None)
    return load(local, ModelConfig(name=str(path), dtype=dtype), **options)  # type: ignore[arg-type]


def _brought(path: Path, dtype: str = "float32") -> tuple[Brought, Any]:
    brought = handles.bring(os.fork, lambda: _loaded(path, dtype).model)
    made = _loaded(path, dtype, without_weights=brought.manifest.dtype)
    handles.shaped(made.model, brought)
    return brought, made


def _in_fork(act: Callable[[], Any]) -> Any:
    """What `act` returned there."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.write(writer, json.dumps(act()).encode())
        except BaseException as error:
            os.write(writer, json.dumps(f"failed: {error!r}").encode())
        finally:
            os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as pipe:
        text = pipe.read()
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert code == 0, code
    return json.loads(text)


@pytest.fixture(scope="module", params=ARCHITECTURES)
def tiny(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_tiny_model(tmp_path_factory.mktemp(request.param), architecture=request.param)


@pytest.fixture
def llama(tiny_model: Path) -> Iterator[tuple[Brought, Any]]:
    brought, made = _brought(tiny_model)
    yield brought, made
    for each in (brought.key, *brought.files):
        os.close(each)


@pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
def test_the_same_model_comes_out(tiny: Path, dtype: str) -> None:
    """Its tensors bit for bit, their ties, and what it computes."""
    direct = _loaded(tiny, dtype).model
    brought, made = _brought(tiny, dtype)

    def look() -> Any:
        brought.held(made.model, 1).prepare_here()
        ours = {(p.kind, p.name): p.tensor for p in places(made.model)}
        theirs = {(p.kind, p.name): p.tensor for p in places(direct)}
        assert ours.keys() == theirs.keys()
        for key, tensor in theirs.items():
            assert torch.equal(ours[key], tensor), key
            assert ours[key].dtype is tensor.dtype, key
            assert ours[key].requires_grad == tensor.requires_grad, key
            assert ours[key].stride() == tensor.stride(), key
        groups = [[(p.kind, p.name) for p in group] for group in by_storage(places(direct))]
        assert groups == [[(p.kind, p.name) for p in g] for g in by_storage(places(made.model))]
        assert str(made.model.device) == "cpu"
        # Layers in float32 that lie 64 bytes apart or more give the same bits.
        assert torch.equal(direct(IDS).logits, made.model(IDS).logits)
        assert made.model.config.to_dict() == direct.config.to_dict()
        assert made.model.generation_config == direct.generation_config
        return "as loaded"

    assert _in_fork(look) == "as loaded"


def test_forward_generate_backward_and_the_rehearsal_copy_nothing(tiny: Path) -> None:
    brought, made = _brought(tiny)

    def play() -> Any:
        brought.held(made.model, 1).prepare_here()
        failures = rehearse(made.model, made.tokenizer)
        copied = [name for name, p in made.model.named_parameters() if not cow.is_shared(p)]
        return [failures, copied]

    assert _in_fork(play) == [[], []]


def test_the_zygotes_model_has_no_weights(llama: tuple[Brought, Any]) -> None:
    brought, made = llama
    assert {place.tensor.device.type for place in places(made.model)} == {"meta"}
    assert sum(brought.manifest.slabs) >= sum(p.nbytes for p in made.model.parameters())


def test_an_edit_stays_in_its_fork_and_copies_what_it_writes(llama: tuple[Brought, Any]) -> None:
    brought, made = llama

    def edit() -> Any:
        brought.held(made.model, 1).prepare_here()
        with torch.no_grad():
            made.model.model.norm.weight[0] = 5
        return [name for name, p in made.model.named_parameters() if not cow.is_shared(p)]

    assert _in_fork(edit) == ["model.norm.weight"]
    assert brought.audit().intact
    assert _in_fork(edit) == ["model.norm.weight"]


def test_buffers_are_each_forks_own(llama: tuple[Brought, Any]) -> None:
    brought, made = llama

    def edit() -> Any:
        brought.held(made.model, 1).prepare_here()
        for buffer in made.model.buffers():
            buffer.zero_()
        return "edited"

    assert _in_fork(edit) == "edited"
    assert brought.audit().intact


def test_the_files_take_no_write(llama: tuple[Brought, Any]) -> None:
    brought, _ = llama
    for file in brought.files:
        with pytest.raises(OSError, match="Bad file descriptor"):  # opened for reading
            os.pwrite(file, b"x", 0)
        again = os.open(f"/proc/self/fd/{file}", os.O_RDWR)
        with pytest.raises(PermissionError):
            os.pwrite(again, b"x", 0)
        with pytest.raises(PermissionError):
            mmap.mmap(again, 4096, mmap.MAP_SHARED, mmap.PROT_READ | mmap.PROT_WRITE)
        with pytest.raises(PermissionError):
            os.ftruncate(again, 0)
        os.close(again)


def test_a_mapping_cannot_be_made_writable(llama: tuple[Brought, Any]) -> None:
    brought, made = llama

    def attempt() -> Any:
        brought.held(made.model, 1).prepare_here()
        weight = made.model.model.embed_tokens.weight
        address = cow.address(weight) + weight.storage_offset() * 4
        try:
            libc.mprotect(address, mmap.PAGESIZE, mmap.PROT_READ | mmap.PROT_WRITE)
        except OSError as error:
            return error.errno
        return "it worked"

    assert _in_fork(attempt) == errno.EACCES


def test_an_audit_names_what_differs(llama: tuple[Brought, Any]) -> None:
    brought, _ = llama
    assert brought.audit().detail.endswith("as loaded")
    changed = msgspec.structs.replace(brought.manifest, digests=(b"\x00" * 32,))
    finding = Brought(manifest=changed, files=brought.files, key=brought.key).audit()
    assert not finding.intact
    assert "slab 0 of 1" in finding.detail


def test_nobody_who_lacks_the_key_foretells_a_digest(llama: tuple[Brought, Any]) -> None:
    brought, _ = llama
    other = handles.digest.new_key()
    assert handles.digest.of_files(other, brought.files) != brought.manifest.digests
    os.close(other)


@pytest.mark.parametrize("merge", [True, False])
def test_adapters_come_along(tiny_model: Path, tmp_path: Path, merge: bool) -> None:
    files = [Adapter(name="default", path=build_tiny_adapter(tmp_path, tiny_model))]

    def direct() -> Any:
        return adapters.put_on(_loaded(tiny_model).model, files, merge=merge)

    brought = handles.bring(os.fork, direct)
    made = _loaded(tiny_model, without_weights=brought.manifest.dtype).model
    if not merge:
        with torch.device("meta"):
            made = adapters.put_on(made, files, merge=False, weights=False)
    handles.shaped(made, brought)

    def compute() -> Any:
        brought.held(made, 1).prepare_here()
        return torch.equal(made(IDS).logits, direct()(IDS).logits)

    assert _in_fork(compute) is True


def test_another_model_is_refused(tiny_model: Path, tmp_path: Path) -> None:
    brought = handles.bring(os.fork, lambda: _loaded(tiny_model).model)
    other = build_tiny_model(tmp_path, architecture="gpt2")
    made = _loaded(other, without_weights="float32").model
    with pytest.raises(ModelError, match=r"the loaded model has.*weights='fork'"):
        handles.shaped(made, brought)


def test_what_the_loader_could_not_do_is_said(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="no such directory"):
        handles.bring(os.fork, lambda: _loaded(tmp_path / "nowhere").model)
    with pytest.raises(ModelError, match=r"ended early \(SIGABRT\)"):
        handles.bring(os.fork, os.abort)
    with pytest.raises(ModelError, match="ZeroDivisionError"):
        handles.bring(os.fork, lambda: 1 / 0)
    sparse = torch.nn.Linear(2, 2)
    sparse.register_buffer("much", torch.eye(2).to_sparse())
    with pytest.raises(ModelError, match=r"much is torch\.sparse_coo"):
        handles.bring(os.fork, lambda: sparse)


def test_no_storage_spans_two_slabs() -> None:
    layers = torch.nn.Sequential(*(torch.nn.Linear(64, 64, bias=False) for _ in range(5)))
    groups = by_storage(places(layers))
    sizes, storages = lay_out(groups, alignment=4096, slab_bytes=40_000)
    assert [storage.slab for storage in storages] == [0, 0, 1, 1, 2]
    assert sizes == (32_768, 32_768, 16_384)
    for storage in storages:
        assert storage.offset + storage.length <= sizes[storage.slab]
    # One that is larger than a slab has its own.
    sizes, storages = lay_out(groups, alignment=4096, slab_bytes=1000)
    assert [storage.slab for storage in storages] == [0, 1, 2, 3, 4]


def test_several_slabs_are_read_back(tiny_model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handles.cpu_handles, "lay_out", _small_slabs)
    brought, made = _brought(tiny_model)
    assert len(brought.files) > 3

    def compute() -> Any:
        brought.held(made.model, 1).prepare_here()
        return torch.equal(made.model(IDS).logits, _loaded(tiny_model).model(IDS).logits)

    assert _in_fork(compute) is True
    assert brought.audit().intact


def _small_slabs(groups: Any, *, alignment: int) -> Any:
    return lay_out(groups, alignment=alignment, slab_bytes=100_000)


def test_a_stray_write_ends_its_process(llama: tuple[Brought, Any]) -> None:
    brought, made = llama
    child = os.fork()
    if child == 0:
        try:
            faulthandler.disable()
            brought.held(made.model, 1).prepare_here()
            weight = made.model.model.embed_tokens.weight
            ctypes.memset(cow.address(weight) + weight.storage_offset() * 4, 0, 1)
        finally:
            os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -11
    assert brought.audit().intact


_UNSEALED = """
import torch
from cloche_server.walls.kernel.lockdown import LockdownError
from cloche_server.zygote.weights import cpu_handles, proof
from cloche_server.zygote.weights.interface import HeldWeights
from cloche_server.zygote.weights.storages import by_storage, places

_, _, files = cpu_handles.write_slabs(by_storage(places(torch.nn.Linear(64, 64))))
held = HeldWeights(name="handles", size_bytes=0, early=lambda: None, descriptors=tuple(files))
try:
    proof._write_to_files(held)
except LockdownError as error:
    print(error)
"""


@pytest.mark.nightly
def test_under_gvisor_whose_seal_does_not_hold_nothing_is_served() -> None:
    """It takes the seal, and then the write."""
    done = subprocess.run(
        gvisor.command(sys.executable, "-c", _UNSEALED),
        capture_output=True, text=True, timeout=280,
    )  # fmt: skip
    assert "takes writes; its seal does not hold" in done.stdout, done.stderr
