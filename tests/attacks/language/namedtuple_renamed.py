"""Class: module gadget. Source: own find. Escape: a named tuple has a field with a leading
underscore."""

from collections import namedtuple


class Name(str):
    def startswith(self, *args):
        return False


def attack(model, tokenizer, address):
    done = []
    for names in (["_x"], [Name("x")], ["x y"]):
        try:
            namedtuple("A", names)
            done.append("canary-" + "5d1f")
        except Exception as e:
            if type(e).__name__ != "AccessRefused":
                done.append("canary-" + "5d1f")
    return done
