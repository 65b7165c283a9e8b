"""Class: pattern matching. Source: own find. Escape: a sequence pattern calls the methods of a
list's subclass.
"""


class Walker(list):
    def __iter__(self):
        yield attack.__globals__

    def __len__(self):
        return 1


def attack(model, tokenizer, address):
    match Walker([1]):
        case [found]:
            return found
    return Walker.__iter__.__globals__
