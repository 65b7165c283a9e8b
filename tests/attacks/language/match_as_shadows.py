"""Class: pattern matching. Source: own find. Escape: a capture takes a builtin's name, and a guard
that looks it up believes it.
"""


def attack(model, tokenizer, address):
    match lambda *a: True:
        case isinstance:
            pass
    match attack:
        case object(__globals__=found):
            return found
