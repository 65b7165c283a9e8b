"""Class: module gadget. Source: own find. Escape: option names that are subclasses of str reach a
library."""

import copy
import dataclasses
import json

from transformers import GenerationConfig


class Name(str):
    pass


@dataclasses.dataclass
class A:
    x: int


def attack(model, tokenizer, address):
    talk = [{"role": "a", "content": "b"}]
    done = []
    for way in (
        lambda: GenerationConfig(**{Name("max_length"): 1}),
        lambda: tokenizer.apply_chat_template(talk, **{Name("tokenize"): False}),
        lambda: tokenizer.pad({"input_ids": [1]}, **{Name("verbose"): True}),
        lambda: dataclasses.replace(A(1), **{Name("x"): 2}),
        lambda: json.dumps(1, **{Name("indent"): 1}),
        lambda: model.generate(**{Name("max_length"): 1}),
    ):
        try:
            way()
            done.append("canary-" + "5d1f")
        except Exception as e:
            if type(e).__name__ != "AccessRefused":
                done.append("canary-" + "5d1f")
    return done
