"""Class: pattern matching. Source: own find. Escape: alternatives bind a name on the path that was
not checked.
"""


def attack(model, tokenizer, address):
    match attack:
        case object(__nothing__=found) | object(__code__=found):
            return found
