"""Class: class machinery. Source: own find. Escape: __del__ runs at no known time, outside the call."""


class A:
    def __del__(self):
        open("escaped", "w").close()


def attack(model, tokenizer, address):
    A()
