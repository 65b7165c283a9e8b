"""Class: builtins. Source: own find. Escape: builtins that tell addresses, stop in a debugger or
wait have names."""


def attack(model, tokenizer, address):
    done = []
    for read in (
        lambda: breakpoint,
        lambda: help,
        lambda: aiter,
        lambda: anext,
        lambda: id,
        lambda: locals,
    ):
        try:
            read()
            done.append("canary-" + "5d1f")
        except NameError:
            pass
    return done
