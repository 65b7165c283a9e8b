"""Class: shadowing. Source: own find. Escape: the same, by what a pattern captures."""

match {"found": "canary-5d1f"}:
    case {**__builtins__}:
        pass


def attack(model, tokenizer, address):
    return found
