"""Weights that a loader process brings and leaves behind as descriptors.

The loader is a fork of the zygote: it reads the model's files, puts the weights where they stay,
hands descriptors and manifest over, and ends. What it needed for that ends with it.
"""

from __future__ import annotations

import os
import signal
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, NoReturn

import msgspec
import torch

from cloche_server.models.errors import ModelError
from cloche_server.walls.kernel import identity
from cloche_server.zygote.weights import cow, cpu_handles, digest, skeleton
from cloche_server.zygote.weights.interface import Finding, HeldWeights
from cloche_server.zygote.weights.manifest import Manifest
from cloche_server.zygote.weights.storages import by_storage, places

# What the kernel passes in one message.
_MOST_DESCRIPTORS: Final = 253
_LONGEST_ERROR: Final = 16 << 10
_DONE: Final = b"d"
_FAILED: Final = b"f"


@dataclass(frozen=True, kw_only=True)
class Brought:
    """What a loader left: the files of weights, the key of their digests, and what lies where."""

    manifest: Manifest
    files: tuple[int, ...]
    key: int

    def held(self, model: torch.nn.Module, threads: int) -> HeldWeights:
        """For the zygote, which has `model` without its weights; see `shaped`."""

        def prepare(files: Sequence[int]) -> None:
            cpu_handles.lay(model, self.manifest, files)
            _start_threads(threads)

        return HeldWeights(
            name="handles",
            size_bytes=self.manifest.size_bytes,
            early=lambda: None,
            prepare=prepare,
            descriptors=self.files,
            audit=self.audit,
        )

    def audit(self) -> Finding:
        """In an auditor: whether each file is still what was loaded."""
        found = digest.of_files(self.key, self.files)
        size = self.manifest.size_bytes
        for slab, (now, then) in enumerate(zip(found, self.manifest.digests, strict=True)):
            if now != then:
                return Finding(False, f"slab {slab} of {len(found)} ({size} bytes in all) differs")
        return Finding(True, f"{size} bytes in {len(found)} slabs are as loaded")


def bring(fork: Callable[[], int], load: Callable[[], Any]) -> Brought:
    """Has a process of its own load the model.

    Args:
        fork: how the zygote forks.
        load: runs in the loader; returns the model.

    Raises:
        ModelError: it could not; the message says why.
    """
    ours, theirs = socket.socketpair()
    loader = fork()
    if loader == 0:
        ours.close()
        _load(theirs, load)
    theirs.close()
    with ours:
        said, descriptors, _, _ = socket.recv_fds(ours, _LONGEST_ERROR, _MOST_DESCRIPTORS)
    _, status = os.waitpid(loader, 0)
    if said != _DONE:
        text = said.removeprefix(_FAILED).decode(errors="replace")
        raise ModelError(text or f"the loader ended early ({_ending(status)})")
    key, described, *files = descriptors
    try:
        packed = os.pread(described, os.fstat(described).st_size, 0)
    finally:
        os.close(described)
    for each in (key, *files):
        os.set_inheritable(each, False)
    manifest = msgspec.msgpack.decode(packed, type=Manifest)
    return Brought(manifest=manifest, files=tuple(files), key=key)


def shaped(model: Any, brought: Brought) -> None:
    """Prepares a model without weights for `Brought.lay`, once, in the zygote.

    Raises:
        ModelError: it is not the model that was loaded, or this torch cannot share weights.
    """
    try:
        skeleton.require_fit(model, brought.manifest)
        skeleton.shape(model, brought.manifest)
        cow.require_works()
    except (ValueError, RuntimeError) as error:
        raise ModelError(
            f"its weights cannot be handed over ({error}); serve it with weights='fork'"
        ) from error


def _start_threads(threads: int) -> None:
    """Those of a pass, which a filter that is loaded later must bind."""
    torch.set_num_threads(threads)
    _ = torch.ones(1 << 16).add_(1)  # large enough to be split


def _load(zygote: socket.socket, load: Callable[[], Any]) -> NoReturn:
    """Whatever happens, it never returns into the zygote's code."""
    try:
        signal.set_wakeup_fd(-1)
        identity.die_with_parent()
        try:
            _hand_over(zygote, *_hold(load()))
        except ModelError as error:
            text = str(error)
        except (ValueError, OSError) as error:
            text = f"the weights cannot be held in sealed memory files: {error}"
        except Exception as error:  # noqa: BLE001  # of whatever kind, the operator is told it
            text = f"the loader failed: {type(error).__name__}: {error}"
        else:
            text = ""
        if text:
            zygote.sendall(_FAILED + text.encode()[: _LONGEST_ERROR - 1])
    finally:
        os._exit(0)


def _hand_over(zygote: socket.socket, manifest: Manifest, files: list[int], key: int) -> None:
    described = os.memfd_create("cloche-manifest", os.MFD_CLOEXEC)
    os.write(described, msgspec.msgpack.encode(manifest))
    socket.send_fds(zygote, [_DONE], [key, described, *files])


def _hold(model: Any) -> tuple[Manifest, list[int], int]:
    groups = by_storage(places(model))
    sizes, storages, files = cpu_handles.write_slabs(groups)
    key = digest.new_key()
    dtype = str(model.dtype).removeprefix("torch.")
    manifest = Manifest(dtype, sizes, digest.of_files(key, files), tuple(storages))
    return manifest, files, key


def _ending(status: int) -> str:
    code = os.waitstatus_to_exitcode(status)
    return f"exit code {code}" if code >= 0 else signal.Signals(-code).name
