"""Class: fast ways. Source: own find. Escape: a name that own objects have is read of a generator in
the same variable, once the own class is known to the guards."""


class Own:
    gi_frame = None


def attack(model, tokenizer, address):
    found = None
    for x in [Own(), Own(), Own(), (i for i in [1])]:
        found = x.gi_frame
    return found
