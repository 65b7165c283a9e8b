"""Class: pattern matching. Source: own find. Escape: a class pattern reads a function's globals."""


def attack(model, tokenizer, address):
    match attack:
        case object(__globals__=found):
            return found
