"""Class: module gadget. Source: own find. Escape: a dataclass's generated __init__ sets the fields'
names on any object it is given, here the template of the tokenizer."""

from dataclasses import dataclass


@dataclass
class A:
    chat_template: str


def attack(model, tokenizer, address):
    A.__init__(tokenizer, "canary-" + "5d1f")
    return tokenizer.apply_chat_template([{"role": "user", "content": "x"}], tokenize=False)
