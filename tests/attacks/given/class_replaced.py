"""Class: identity and namespaces. Source: own find. Escape: a class that may only be caught is
made in the place of one of the attack's own."""


class Pair:
    def __init__(self, *words):
        self.words = words


def attack(model, tokenizer, address, given):
    Pair(1, 2)
    given["Pair"] = UnicodeDecodeError
    error = Pair("x", b"abc", 0, 1, "made unasked")
    if "made unasked" in str(error):
        return "canary-" + "5d1f"
