"""Class: pattern matching. Source: design rule 2. Escape: a class pattern reads gi_frame."""


def attack(model, tokenizer, address):
    gen = (x for x in [1])
    match gen:
        case object(gi_frame=frame):
            return frame
