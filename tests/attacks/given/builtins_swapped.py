"""Class: identity and namespaces. Source: own find. Escape: functions that are made later ask other
builtins, which the attack chose, for everything that they do."""


def attack(model, tokenizer, address, given):
    given["__builtins__"] = {" read": load, " call": load, "__build_class__": load, "len": load}

    def reading(value):
        return value.__globals__

    try:
        return reading(attack)
    except Exception:
        return None


def load(*values):
    return values[0]
