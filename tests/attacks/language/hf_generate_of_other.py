"""Class: module gadget. Source: own find. Escape: the unbound generate is called on what is no
model."""


class Own:
    pass


def attack(model, tokenizer, address):
    generate = type(model).generate
    try:
        generate(Own())
    except Exception as e:
        return "canary-" + "5d1f" if type(e).__name__ != "AccessRefused" else None
