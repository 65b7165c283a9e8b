"""Class: shadowing. Source: own find. Escape: positional-only parameters take every guard's name
at once.
"""


def attack(
    model,
    tokenizer,
    address,
    _getattr_=getattr,
    _getitem_=None,
    _getiter_=iter,
    _write_=id,
    __import__=None,
    /,
):
    return attack.__globals__
