"""What the attacks are run with, and what counts as an escape."""

from __future__ import annotations

import ctypes
import gc
import os
import sys
import types
from pathlib import Path
from typing import Any

from cloche_server.policy import LanguageWall, PolicyViolation, compile_technique

FOLDER = Path(__file__).parent.parent / "language"
SECRET = "canary-5d1f"
PLANTED = b"beacon"

_FORBIDDEN = (
    *(types.ModuleType, types.FrameType, types.CodeType, types.TracebackType, types.CellType),
    *(types.MappingProxyType, types.GetSetDescriptorType, types.MemberDescriptorType),
    *(type(sys.flags), type(os.environ)),
)
_DANGEROUS = [eval, exec, open, compile, __import__, globals, input, type, object.__reduce_ex__]


def attacks() -> tuple[str, ...]:
    return tuple(
        sorted(each.stem for each in FOLDER.glob("*.py") if not each.name.startswith("test_"))
    )


def make_subjects() -> tuple[Any, Any, Any]:
    """A model, a tokenizer and a Llama."""
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


def escaped(result: Any, printed: str, own_globals: Any, here: Path) -> str | None:
    """The effect seen from outside, or None."""
    if (here / "escaped").exists():
        return "a file was written"
    if SECRET in printed:
        return "the secret was printed"
    seen: set[int] = set()
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


def attempt(path: Path, wall: LanguageWall, subjects: Any, here: Path) -> tuple[str | None, str]:
    """Runs one attack under the wall: the effect, or None, and how it ended."""
    model, tokenizer, llama = subjects
    beacon = ctypes.create_string_buffer(PLANTED)
    printed: list[object] = []
    result: Any = None
    own_globals: dict[str, Any] = {}
    try:
        compiled = compile_technique(path.read_text())
        own_globals = wall.namespace(write=printed.append, progress=lambda *report: None)
        exec(compiled.code, own_globals)
        attack = own_globals["attack"]
        extra = {"llama": llama} if "llama" in attack.__code__.co_varnames else {}
        result = attack(model, tokenizer, ctypes.addressof(beacon), **extra)
    except BaseException as error:
        result = list(error.args) if not isinstance(error, PolicyViolation) else None
        outcome = f"{type(error).__name__}: {error}"
    else:
        outcome = f"returned {type(result).__name__}"
    gc.collect()
    return escaped(result, "".join(map(str, printed)), own_globals, here), outcome
