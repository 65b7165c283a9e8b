"""Class: fast ways. Source: own find. Escape: an object holds what is not listed under a name that its class
has to itself, until the class loses it: then the real base's listed method, which is called without a look,
is of that name."""


class Own(list):
    clear = None


def attack(model, tokenizer, address):
    own = Own()
    own.clear = eval
    del Own.clear
    Own().clear()
    own.clear("open('escaped', 'w').close()")
