"""Class: frames. Source: CVE-2023-37271. Escape: the same, by a name built at run time."""


def attack(model, tokenizer, address):
    return getattr((x for x in [1]), "gi_" + "code")
