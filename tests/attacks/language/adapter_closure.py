"""Class: attribute walk. Source: own find. Escape: an adapter's closure holds the guards."""

import operator


def attack(model, tokenizer, address):
    getter = operator.attrgetter("x")
    return (
        (getter.__closure__ or getter.__reduce__)[0]
        if hasattr(getter, "__closure__")
        else attack.__code__
    )
