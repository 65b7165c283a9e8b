"""Class: shadowing. Source: own find. Escape: nonlocal rebinds a name that a wrapper closed over."""


def attack(model, tokenizer, address):
    _getattr_ = None

    def inner():
        nonlocal _getattr_
        _getattr_ = lambda value, name: value
        return attack.__globals__

    return inner()
