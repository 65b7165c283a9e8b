"""Class: builtins. Source: own find. Escape: print joins texts with a method of the technique's.
Teeth: none, Python's own print calls no method of the texts."""

seen = []


class Own(str):
    def join(self, parts):
        seen.append("canary-" + "5d1f")
        return "x"

    def __add__(self, other):
        seen.append("canary-" + "5d1f")
        return "x"


def attack(model, tokenizer, address):
    print("a", "b", sep=Own(" "), end=Own(""))
    return seen
