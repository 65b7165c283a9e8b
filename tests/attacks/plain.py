"""No wall at all: here an attack must succeed, or it shows nothing where it fails."""

from __future__ import annotations

import builtins
import collections
import copyreg
import inspect
import random
import sys
import types
from pathlib import Path
from typing import Any

import numpy as np
import torch
from cloche import wire
from cloche_server.walls.language import hardening, kernels
from cloche_server.walls.language.interpreter import restore_interpreter

from tests.attacks import unconfined, witness
from tests.attacks.attack import LEFT_BEHIND, load
from tests.attacks.scene import planted
from tests.attacks.unconfined import Outcome

__all__ = ["Outcome", "attempt"]


def attempt(path: Path, subjects: unconfined.Subjects, folder: Path) -> Outcome:
    """Runs the attack at `path` as the plain Python that it is."""
    attack = load(path)

    def execute(write: unconfined.Write) -> unconfined.Namespace:
        soften()
        sys.modules["plain"] = types.ModuleType("plain")
        namespace = {"__name__": "plain", "__builtins__": builtins}
        exec(compile(attack.source, str(path), "exec", dont_inherit=True), namespace)
        return namespace

    with planted(folder) as scene:
        later = _next_call if attack.kind == LEFT_BEHIND else None
        return unconfined.run(attack, execute, subjects, scene, later)


def _next_call(model: Any, tokenizer: Any, namespace: unconfined.Namespace) -> object:
    """What `pick_up` finds; without one, whatever a witness sees."""
    try:
        if "pick_up" in namespace:
            return namespace["pick_up"](model, tokenizer)
        random.seed(7)
        np.random.seed(7)
        torch.manual_seed(7)
        found: unconfined.Namespace = {}
        exec(witness.PLAIN, found)
        return wire.encode(found["witness"](model, tokenizer))
    except Exception as error:
        return f"{type(error).__name__}: {error}"


def soften() -> None:
    """Undoes, in a fork, what building the wall hardened."""
    from transformers import BatchEncoding, Cache, GenerationConfig, PreTrainedConfig
    from transformers.utils import ModelOutput

    for cls in (ModelOutput, BatchEncoding, PreTrainedConfig, GenerationConfig, Cache):
        for name in hardening.C_PROTOCOLS:
            if isinstance(vars(cls).get(name), property):
                delattr(cls, name)
    BatchEncoding.__getattr__ = BatchEncoding.__getattr__.original
    for name in ("__setattr__", "__setitem__"):
        setattr(ModelOutput, name, getattr(ModelOutput, name).__wrapped__)
    for module in (torch.nn.modules.container, torch.nn.modules.module):
        module.OrderedDict = collections.OrderedDict
    for name in ("add_module", "register_buffer", "register_parameter", "__getattr__"):
        setattr(torch.nn.Module, name, getattr(torch.nn.Module, name).__wrapped__)
    copyreg.dispatch_table.pop(types.MethodType, None)
    vars(inspect)["_signature_is_builtin"] = hardening.SIGNATURE_IS_BUILTIN
    kernels.soften_kernels()
    restore_interpreter()
