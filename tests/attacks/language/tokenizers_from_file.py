"""Class: deserialisation. Source: own find. Escape: the tokenizer's Rust part saves and loads
files.
"""


def attack(model, tokenizer, address):
    tokenizer.backend_tokenizer.save("escaped")
