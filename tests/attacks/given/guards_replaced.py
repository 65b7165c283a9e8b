"""Class: identity and namespaces. Source: own find. Escape: a class that may only be caught is made:
functions of the attack's own stand in the globals dict, and among the builtins, under the names of
the guards."""

NAMES = (
    *(" call", " read", " method", " unbound", " write", " item", " items", " target", " type"),
    *(" prepare", " open", " sets", " leaves", " keyed", " settable", "__build_class__"),
)


def same(value, *rest):
    return value


def attack(model, tokenizer, address, given):
    names = given["__builtins__"]
    for each in NAMES:
        given[each] = same
        if not hasattr(names, "open"):
            names[each] = same
    kinds = [UnicodeDecodeError]
    if "made unasked" in str(kinds[0]("x", b"abc", 0, 1, "made unasked")):
        return "canary-" + "5d1f"
