"""Class: class machinery. Source: own find. Escape: deriving from super to reach __getattribute__."""


class S(super):
    def grab(self):
        return super().__getattribute__("__thisclass__")


def attack(model, tokenizer, address):
    return S(int, 1).grab().__base__.__subclasses__
