"""Class: attribute walk. Source: design rule 3. Escape: a str subclass lies about its name."""


class Liar(str):
    def startswith(self, *a):
        return False

    def endswith(self, *a):
        return False

    def __eq__(self, other):
        return str.__eq__(self, other) or other == "append"

    def __hash__(self):
        return str.__hash__(self)


def attack(model, tokenizer, address):
    return getattr(attack, Liar("__globals__"))
