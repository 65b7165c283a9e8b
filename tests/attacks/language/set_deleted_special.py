"""Class: attribute walk. Source: own find. Escape: an own object's special attribute is deleted."""


class A:
    pass


def attack(model, tokenizer, address):
    a = A()
    try:
        delattr(a, "__dict__")
    except Exception as e:
        return "canary-" + "5d1f" if type(e).__name__ != "AccessRefused" else None
    return "canary-" + "5d1f"
