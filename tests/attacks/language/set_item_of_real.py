"""Class: module gadget. Source: own find. Escape: an item of a library's list is set, past what
looks at its processors."""

from transformers import LogitsProcessorList, TemperatureLogitsWarper


def attack(model, tokenizer, address):
    processors = LogitsProcessorList([TemperatureLogitsWarper(2.0)])
    processors[0] = [1]
    return "canary-" + "5d1f"
