"""Class: module gadget. Source: own find. Escape: a list of processors calls a member that is not
listed."""

from transformers import LogitsProcessorList


def attack(model, tokenizer, address):
    LogitsProcessorList([open])("escaped", "w")
