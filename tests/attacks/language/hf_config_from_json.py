"""Class: deserialisation. Source: own find. Escape: a configuration reads a file."""

from transformers import GenerationConfig


def attack(model, tokenizer, address):
    GenerationConfig().to_json_file("escaped")
