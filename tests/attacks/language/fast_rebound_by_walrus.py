"""Class: fast ways. Source: own find. Escape: an argument binds the variable anew after its type was
looked at; so does an index, a value and the object of a write."""


class Own:
    gi_frame = None

    def take(self, x):
        return x


def attack(model, tokenizer, address):
    kept = []
    for _ in range(3):
        x = Own()
        kept.append(x.take((x := (i for i in [1])).gi_frame))
    return kept
