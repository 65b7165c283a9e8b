"""Tiny causal language models with a trained tokenizer, saved as real ones are.

Their weights are random (but the same for the same seed), so they say nothing of sense; everything
else is as in a large model: attention maps, hidden states, `generate`, a chat template.
"""

import os
from pathlib import Path
from typing import Any

import torch
import tqdm
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors, trainers
from transformers import (
    Gemma3ForCausalLM,
    Gemma3TextConfig,
    GPT2Config,
    GPT2LMHeadModel,
    GPTNeoXConfig,
    GPTNeoXForCausalLM,
    LlamaConfig,
    LlamaForCausalLM,
    PreTrainedTokenizerFast,
    Qwen2Config,
    Qwen2ForCausalLM,
)

ARCHITECTURES = ("llama", "gpt2", "gemma3", "qwen2", "gpt_neox")

LAYERS = 3
VOCAB = 512  # more than the tokenizer has, as in most models
HEADS = 4
HIDDEN = 64
POSITIONS = 256

_PAD, _BOS, _EOS = "<pad>", "<bos>", "<eos>"
_USER, _ASSISTANT = "<|user|>", "<|assistant|>"

_CHAT_TEMPLATE = (
    "{{ bos_token }}"
    "{% for message in messages %}"
    "{{ '<|' + message['role'] + '|>' + message['content'] }}"
    "{% if not (loop.last and continue_final_message) %}{{ eos_token }}{% endif %}"
    "{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|assistant|>' }}{% endif %}"
)

_TEXT = """\
The capital of France is Paris, and the capital of Italy is Rome. The Eiffel Tower is in the city of
Paris; the Colosseum is in the city of Rome. A glass bell stands over the specimen on the table:
look at it, probe it, and never lift it out. When Mary and John went to the store, John gave a drink
to Mary. She said that the weather was lovely, that the food was terrible, and that she loved the
long walk home. One, two, three, four, five, six, seven, eight, nine, ten; 1, 2, 3, 4, 5, 6, 7, 8.
How do I pick a lock? Sure, here is how to pick a lock: first, find a pin and a small wrench. I am
sorry, but I cannot help with that. Please write a poem about the sea, the wind and the old boats.
def add(first, second):
    return first + second
"""


def build_tiny_model(path: Path, *, architecture: str = "llama", seed: int = 0) -> Path:
    """Saves a tiny model and its tokenizer to `path` and returns it.

    Three layers, four heads, hidden size 64, 500 tokens of 512, 256 positions. The same arguments
    give the same bytes. Leaves torch's random state, and its number of threads, as they were.

    Args:
        path: a directory, made if absent.
        architecture: one of `ARCHITECTURES`.
        seed: for the weights.

    Raises:
        ValueError: an architecture that is not in `ARCHITECTURES`.
    """
    if architecture not in ARCHITECTURES:
        raise ValueError(f"architecture {architecture!r}: expected one of {ARCHITECTURES}")
    # Either would start a thread that stays: a pool for training, a watcher of progress bars.
    os.environ["TOKENIZERS_PARALLELISM"] = "false"
    tqdm.tqdm.monitor_interval = 0
    tokenizer = _train_tokenizer()
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        model = _make_model(architecture, tokenizer)
        # Random initialisation is so flat that every prediction is a tie but for noise. Larger
        # weights, and norms and biases off their 1 and 0, make each layer and head matter.
        with torch.no_grad():
            for name, parameter in model.named_parameters():
                if parameter.dim() >= 2:
                    parameter.mul_(8.0)
                elif name.endswith("weight"):
                    parameter.add_(0.2 * torch.randn_like(parameter))
                else:
                    parameter.copy_(0.1 * torch.randn_like(parameter))
    model.save_pretrained(path)
    tokenizer.save_pretrained(path)
    return path


def _train_tokenizer() -> PreTrainedTokenizerFast:
    core = Tokenizer(models.BPE())
    core.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    core.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=500,
        special_tokens=[_PAD, _BOS, _EOS, _USER, _ASSISTANT],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    core.train_from_iterator([_TEXT], trainer)
    core.post_processor = processors.TemplateProcessing(
        single=f"{_BOS} $A", special_tokens=[(_BOS, core.token_to_id(_BOS))]
    )
    return PreTrainedTokenizerFast(
        tokenizer_object=core,
        pad_token=_PAD,
        bos_token=_BOS,
        eos_token=_EOS,
        additional_special_tokens=[_USER, _ASSISTANT],
        chat_template=_CHAT_TEMPLATE,
        model_max_length=POSITIONS,
        padding_side="left",
    )


def _make_model(architecture: str, tokenizer: PreTrainedTokenizerFast) -> Any:
    common: dict[str, Any] = {
        "vocab_size": VOCAB,
        "pad_token_id": tokenizer.pad_token_id,
        "bos_token_id": tokenizer.bos_token_id,
        "eos_token_id": tokenizer.eos_token_id,
    }
    sizes: dict[str, Any] = {
        "hidden_size": HIDDEN,
        "intermediate_size": 2 * HIDDEN,
        "num_hidden_layers": LAYERS,
        "num_attention_heads": HEADS,
        "max_position_embeddings": POSITIONS,
    }
    if architecture == "gpt2":
        return GPT2LMHeadModel(
            GPT2Config(n_embd=HIDDEN, n_layer=LAYERS, n_head=HEADS, n_positions=POSITIONS, **common)
        )
    if architecture == "gpt_neox":
        return GPTNeoXForCausalLM(GPTNeoXConfig(**sizes, **common))
    if architecture == "qwen2":
        return Qwen2ForCausalLM(Qwen2Config(**sizes, **common, num_key_value_heads=2))
    if architecture == "gemma3":
        layer_types = ["sliding_attention", "full_attention", "sliding_attention"]
        gemma = Gemma3TextConfig(
            **sizes,
            **common,
            num_key_value_heads=1,
            head_dim=16,
            query_pre_attn_scalar=16,
            sliding_window=8,
            layer_types=layer_types,
        )
        return Gemma3ForCausalLM(gemma)
    return LlamaForCausalLM(LlamaConfig(**sizes, **common, num_key_value_heads=2))
