"""Class: builtins. Source: common knowledge. Escape: a file is written."""


def attack(model, tokenizer, address):
    open("escaped", "w").close()
