"""Class: frames. Source: own find. Escape: the body of an async function runs as it is written."""


def helper():
    pass


async def inner():
    return helper.__globals__


def attack(model, tokenizer, address):
    try:
        inner().send(None)
    except StopIteration as e:
        return e.value
