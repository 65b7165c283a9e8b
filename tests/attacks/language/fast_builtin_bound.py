"""Class: fast ways. Source: own find. Escape: a statement binds the name of a builtin that may be called
without a look to what may not be called; each kind of statement that binds."""

from functools import reduce as abs

TEXT = "'canary-' + '5d1f'"


class Given:
    def __init__(self, value):
        self.value = value

    def __enter__(self):
        return self.value

    def __exit__(self, *failure):
        pass


def by_assignment(bad):
    all = bad
    return all(TEXT)


def by_tuple(bad):
    any, _ = bad, 0
    return any(TEXT)


def by_unpacking(bad):
    [ascii, _] = (bad, 0)[:]
    return ascii(TEXT)


def by_annotation(bad):
    bin: object = bad
    return bin(TEXT)


def by_for(bad):
    for bool in [bad]:
        return bool(TEXT)


def by_with(bad):
    with Given(bad) as bytes:
        return bytes(TEXT)


def by_walrus(bad):
    return (callable := bad) and callable(TEXT)


def by_import(bad):
    return abs(bad, [TEXT, {}])


def in_call(bad):
    str((len := bad))
    return len(TEXT)


def in_handler(bad):
    try:
        raise ValueError
    except ValueError:
        chr = bad
    return chr(TEXT)


def attack(model, tokenizer, address):
    told = []
    for way in (
        *(by_assignment, by_tuple, by_unpacking, by_annotation, by_for, by_with, by_walrus),
        *(by_import, in_call, in_handler),
    ):
        try:
            told.append(way(eval))
        except Exception:
            pass
    return told
