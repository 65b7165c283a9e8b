"""Class: pattern matching. Source: own find. Escape: captures rebind what guards are called by."""


def attack(model, tokenizer, address):
    match {"a": eval}:
        case {"a": f, **__builtins__}:
            return f
