"""Class: builtins. Source: own find. Escape: hasattr tells what may not be read."""


def helper():
    pass


def attack(model, tokenizer, address):
    return "canary-" + "5d1f" if hasattr(helper, "__glob" + "als__") else None
