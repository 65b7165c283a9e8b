"""Class: builtins. Source: common knowledge. Escape: eval is there."""


def attack(model, tokenizer, address):
    return eval("__import__('os').environ['CLOCHE_CANARY']")
