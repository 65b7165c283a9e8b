"""Class: class machinery. Source: own find. Escape: `__del__` runs, at no known time."""

ran = []


class A:
    def __del__(self):
        ran.append("canary-" + "5d1f")


def attack(model, tokenizer, address):
    A()
    return ran
