"""Padding, collators, streamers, and parts of models by the names that people import."""

import contextlib
import io

import torch
from transformers import (
    BatchEncoding,
    DataCollatorForLanguageModeling,
    DataCollatorWithPadding,
    TextStreamer,
    default_data_collator,
)
from transformers.generation.streamers import BaseStreamer
from transformers.modeling_outputs import CausalLMOutputWithCrossAttentions
from transformers.models.gpt2.modeling_gpt2 import GPT2Attention, GPT2Block
from transformers.models.llama.modeling_llama import LlamaMLP


class Collected(BaseStreamer):
    def __init__(self):
        self.ids = []
        self.ended = False

    def put(self, value):
        self.ids.append(value.flatten().tolist())

    def end(self):
        self.ended = True


class Masking:
    mask_token = "<unk>"

    def __init__(self, tokenizer):
        self.tokenizer = tokenizer

    def __len__(self):
        return len(self.tokenizer)

    def __getattr__(self, name):
        return getattr(self.tokenizer, name)


def padded(tokenizer):
    rows = [tokenizer(text) for text in ("the cat sat", "a dog")]
    found = tokenizer.pad(rows, padding=True, return_tensors="pt", pad_to_multiple_of=4)
    lists = tokenizer.pad({"input_ids": [[3, 4], [5]]}, padding="max_length", max_length=3)
    return (
        isinstance(found, BatchEncoding), dict(found), dict(lists),
        dict(tokenizer.pad([{"input_ids": torch.tensor([3, 4])}], return_tensors="pt")),
    )  # fmt: skip


def collated(tokenizer):
    rows = [{**tokenizer(text), "label": i} for i, text in enumerate(("the cat sat", "a dog"))]
    with_labels = DataCollatorWithPadding(tokenizer)(rows)
    ids = [tokenizer(text) for text in ("the cat", "a big red dog")]
    causal = DataCollatorForLanguageModeling(tokenizer, mlm=False)
    try:
        DataCollatorForLanguageModeling(tokenizer)
    except ValueError as error:
        masked = "mask token" in str(error)
    return (
        dict(with_labels), dict(causal(ids)), dict(causal([[3, 4, 5], [6]])), masked,
        default_data_collator([{"x": [1, 2], "label": 0}, {"x": [3, 4], "label": 1}]),
    )  # fmt: skip


def masked(tokenizer):
    torch.manual_seed(0)
    ids = [tokenizer("the cat sat on the mat the dog ran")]
    return dict(DataCollatorForLanguageModeling(Masking(tokenizer), mlm_probability=0.5)(ids))


def streamed(model, tokenizer):
    asked = tokenizer("the cat", return_tensors="pt")
    own = Collected()
    options = {"max_new_tokens": 4, "do_sample": False, "pad_token_id": 0}
    model.generate(**asked, streamer=own, **options)
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        model.generate(**asked, streamer=TextStreamer(tokenizer, skip_prompt=True), **options)
        model.generate(**asked, streamer=TextStreamer(tokenizer), **options)
    return own.ids, own.ended, out.getvalue()


def technique(model, tokenizer):
    out = model(**tokenizer("the cat", return_tensors="pt"))
    return {
        "padded": padded(tokenizer),
        "collated": collated(tokenizer),
        "masked": masked(tokenizer),
        "streamed": streamed(model, tokenizer),
        "parts": [
            sum(isinstance(each, kind) for each in model.modules())
            for kind in (GPT2Attention, GPT2Block, LlamaMLP)
        ],
        "out": isinstance(out, CausalLMOutputWithCrossAttentions),
    }
