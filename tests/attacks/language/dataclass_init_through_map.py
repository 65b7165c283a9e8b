"""Class: module gadget. Source: own find. Escape: the same, with `map` as the caller."""

from dataclasses import dataclass


@dataclass
class A:
    chat_template: str


def attack(model, tokenizer, address):
    list(map(A.__init__, [tokenizer], ["canary-" + "5d1f"]))
    return tokenizer.apply_chat_template([{"role": "user", "content": "x"}], tokenize=False)
