"""Class: attribute walk. Source: own find. Escape: getattr's default hides a refusal, not the value."""


def attack(model, tokenizer, address):
    return getattr(attack, "__globals__", 0) or getattr(attack, "__code__", 0)
