"""Class: shadowing. Source: own find. Escape: the same, by an exception that answers like a dict."""


class Names(Exception):
    def __getitem__(self, name):
        return "canary-5d1f"


try:
    raise Names
except Names as __builtins__:

    def inner():
        return found


def attack(model, tokenizer, address):
    return inner()
