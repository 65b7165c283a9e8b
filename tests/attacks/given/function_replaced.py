"""Class: identity and namespaces. Source: own find. Escape: a class that may only be caught is
made: where the source defines the function that it calls, the class was put in its place."""


def make(*words):
    return words


def attack(model, tokenizer, address, given):
    make(1)
    given["make"] = UnicodeDecodeError
    error = make("x", b"abc", 0, 1, "made unasked")
    if "made unasked" in str(error):
        return "canary-" + "5d1f"
