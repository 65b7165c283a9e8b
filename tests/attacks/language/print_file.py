"""Class: builtins. Source: own find. Escape: print calls write on any object, with a real file's."""


class F:
    def write(self, text):
        self.got = text


def attack(model, tokenizer, address):
    print("x", file=F())
    return getattr(print, "__self__")
