"""Class: files. Source: own find. Escape: a library of Rust writes a file, by its own system
calls.
"""


def attack(model, tokenizer, scene):
    tokenizer.backend_tokenizer.save(scene["folder"] + "/escaped")
