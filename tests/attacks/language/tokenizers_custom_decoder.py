"""Class: module gadget. Source: own find. Escape: a decoder of Python's is called by Rust."""

import tokenizers


def attack(model, tokenizer, address):
    return tokenizers.decoders.Decoder.custom, tokenizers.decoders.__dict__
