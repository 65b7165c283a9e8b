"""Class: identity and namespaces. Source: own find. Escape: a class that may only be caught is made:
in the place of a function stands what calls others back, and what it was replaced by before."""


def make(*words):
    return words


def attack(model, tokenizer, address, given):
    given["make"] = map
    for _ in range(3):
        try:
            (error,) = make(UnicodeDecodeError, ["x"], [b"abc"], [0], [1], ["made unasked"])
        except Exception:
            continue
        if "made unasked" in str(error):
            return "canary-" + "5d1f"
