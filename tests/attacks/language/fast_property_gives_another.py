"""Class: fast ways. Source: own find. Escape: a chain of attributes gives an own object first, and a
generator when it is asked again."""


class Own:
    gi_frame = None


class Turn:
    def __init__(self):
        self.rest = [(i for i in [1]), Own(), Own(), Own()]

    @property
    def next(self):
        return self.rest.pop()


def attack(model, tokenizer, address):
    turn = Turn()
    found = None
    for _ in range(4):
        found = turn.next.gi_frame
    return found
