"""Runs every attack against the language wall alone, in this very process, without confinement: what
gets through succeeds here. An attack's own word counts for nothing; effects are looked for from
outside: a file, a planted secret in the result or the output, bytes from a planted address, or an
object of a kind that leads out of the wall.

Each attack also runs in plain Python, where it must succeed, or say why it cannot ("Teeth: none").
"""

from __future__ import annotations

import ast
import builtins
import ctypes
import gc
import os
import re
import resource
import signal
import sys
import types
from pathlib import Path

import pytest
import torch

from cloche_server.policy import (
    LanguageWall,
    PolicyViolation,
    compile_technique,
    hardening,
    kernels,
)

FOLDER = Path(__file__).parent
ATTACKS = sorted(each for each in FOLDER.glob("*.py") if not each.name.startswith("test_"))
SECRET = "canary-5d1f"
PLANTED = b"beacon"
TEETHLESS = {each.stem for each in ATTACKS if "Teeth: none" in each.read_text()}

_FORBIDDEN = (
    types.ModuleType,
    types.FrameType,
    types.CodeType,
    types.TracebackType,
    types.CellType,
    types.MappingProxyType,
    types.GetSetDescriptorType,
    types.MemberDescriptorType,
    type(sys.flags),
    type(os.environ),
)
_DANGEROUS = [eval, exec, open, compile, __import__, globals, input, type, object.__reduce_ex__]


@pytest.fixture(scope="session")
def wall():
    torch.set_num_threads(1)
    built = LanguageWall.build()
    gc.freeze()  # a collection in a child would copy every page
    return built


@pytest.fixture(scope="session")
def subjects():
    from tokenizers import Tokenizer, models, pre_tokenizers
    from transformers import (
        GPT2Config,
        GPT2LMHeadModel,
        LlamaConfig,
        LlamaForCausalLM,
        PreTrainedTokenizerFast,
    )

    words = ["<pad>", "<unk>", "the", "cat"]
    backend = Tokenizer(models.WordLevel({w: i for i, w in enumerate(words)}, unk_token="<unk>"))
    backend.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=backend, pad_token="<pad>", unk_token="<unk>"
    )
    tokenizer.chat_template = "{{ messages[0]['content'] }}"
    model = GPT2LMHeadModel(GPT2Config(vocab_size=4, n_positions=8, n_embd=4, n_layer=1, n_head=1))
    llama = LlamaForCausalLM(
        LlamaConfig(
            vocab_size=4, hidden_size=4, intermediate_size=4, num_hidden_layers=1,
            num_attention_heads=1, num_key_value_heads=1,
        )
    )  # fmt: skip
    return model.eval(), tokenizer, llama.eval()


def escaped(result, printed, own_globals, here):
    """The effect seen from outside, or None."""
    if (here / "escaped").exists():
        return "a file was written"
    if SECRET in printed:
        return "the secret was printed"
    seen = set()
    todo = [result]
    while todo:
        value = todo.pop()
        if id(value) in seen:
            continue
        seen.add(id(value))
        cls = type(value)
        if cls is str and SECRET in value:
            return "the secret was returned"
        if cls in (bytes, bytearray) and PLANTED in bytes(value):
            return "planted memory was read"
        if issubclass(cls, _FORBIDDEN):
            return f"a {cls.__name__} was handed out"
        if any(value is each for each in _DANGEROUS):
            return f"{value!r} was handed out"
        if cls is types.FunctionType and value.__globals__ is not own_globals:
            return f"the library function {value.__qualname__} was handed out"
        if cls in (types.BuiltinMethodType, types.MethodType, types.MethodWrapperType):
            if getattr(value, "__name__", "") in ("__subclasses__", "__reduce_ex__", "mro"):
                return f"the method {value.__name__} was handed out"
            todo.append(value.__self__)
        if cls is type and issubclass(value, (types.ModuleType, type)):
            return "a class of modules or classes was handed out"
        if cls is dict:
            if value is own_globals or any(value is vars(m) for m in list(sys.modules.values())):
                return "a namespace was handed out"
            todo += [*value, *value.values()]
        elif cls in (list, tuple, set, frozenset):
            todo += value
    return None


def attempt(execute, here, subjects):
    model, tokenizer, llama = subjects
    beacon = ctypes.create_string_buffer(PLANTED)
    printed = []
    result = None
    own_globals = {}
    try:
        own_globals, attack = execute(printed.append)
        extra = {"llama": llama} if "llama" in attack.__code__.co_varnames else {}
        result = attack(model, tokenizer, ctypes.addressof(beacon), **extra)
    except BaseException as error:  # refused, or broken: either way only effects count
        result = list(error.args) if not isinstance(error, PolicyViolation) else None
        outcome = f"{type(error).__name__}: {error}"
    else:
        outcome = f"returned {type(result).__name__}"
    gc.collect()
    return escaped(result, "".join(map(str, printed)), own_globals, here), outcome


def in_a_child(work, here):
    """Runs `work` in a fork: an attack may break the process it succeeds in. Returns its answer."""
    assert os.getcwd() == str(here), "attacks write only into their own folder"
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            signal.alarm(60)
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
            os.environ["CLOCHE_CANARY"] = SECRET
            answer = repr(work())
            os.write(writer, answer.encode()[:4000])
        finally:
            os._exit(0)
    os.close(writer)
    with os.fdopen(reader, "rb") as pipe:
        answer = pipe.read()
    _, status = os.waitpid(child, 0)
    return ast.literal_eval(answer.decode()) if answer else ("the process died", str(status))


@pytest.mark.parametrize("path", ATTACKS, ids=lambda path: path.stem)
def test_attack_does_not_escape(path, wall, subjects, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def execute(write):
        compiled = compile_technique(path.read_text())
        namespace = wall.namespace(write=write, progress=lambda *report: None)
        exec(compiled.code, namespace)
        return namespace, namespace["attack"]

    effect, outcome = in_a_child(lambda: attempt(execute, tmp_path, subjects), tmp_path)
    assert effect is None, f"{effect} ({outcome})"


@pytest.mark.parametrize(
    "path", [each for each in ATTACKS if each.stem not in TEETHLESS], ids=lambda path: path.stem
)
def test_attack_succeeds_in_plain_python(path, wall, subjects, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def execute(write):
        soften()
        namespace = {"__name__": "plain", "__builtins__": builtins}
        sys.modules["plain"] = types.ModuleType("plain")
        exec(compile(path.read_text(), str(path), "exec", dont_inherit=True), namespace)
        return namespace, namespace["attack"]

    effect, outcome = in_a_child(lambda: attempt(execute, tmp_path, subjects), tmp_path)
    assert effect is not None, outcome


def soften():
    """Undoes, in a child, what building the wall hardened."""
    from transformers import BatchEncoding, Cache, GenerationConfig, PreTrainedConfig
    from transformers.utils import ModelOutput

    for cls in (ModelOutput, BatchEncoding, PreTrainedConfig, GenerationConfig, Cache):
        for name in hardening.C_PROTOCOLS:
            if isinstance(vars(cls).get(name), property):
                delattr(cls, name)
    BatchEncoding.__getattr__ = BatchEncoding.__getattr__.original
    for name in ("__setattr__", "__setitem__"):
        setattr(ModelOutput, name, getattr(ModelOutput, name).__wrapped__)
    for name in ("add_module", "register_buffer", "register_parameter"):
        setattr(torch.nn.Module, name, getattr(torch.nn.Module, name).__wrapped__)
    kernels.soften_kernels()


def test_every_attack_states_class_source_and_escape():
    for path in ATTACKS:
        text = path.read_text()
        for part in ("Class: ", "Source: ", "Escape: "):
            assert re.search(part, text), path.name
    assert len(ATTACKS) >= 60
