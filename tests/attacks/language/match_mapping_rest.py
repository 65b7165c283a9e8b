"""Class: pattern matching. Source: own find. Escape: **rest of a mapping pattern copies what no
guard saw.
"""


def attack(model, tokenizer, address):
    match vars(type(model)):
        case {**rest}:
            return rest["forward"].__globals__
