"""Class: class machinery. Source: own find. Escape: functions of torch are handed out: every kind of statement that
binds a name in the body of a class binds one of Module's private methods."""

from torch import nn

kept = []


def take(self, *given, **named):
    kept.extend(given)
    return self


class Manager:
    def __enter__(self):
        return take

    def __exit__(self, *failure):
        pass


def by_assignment():
    class Taking(nn.Module):
        _apply = take

    return Taking


def by_annotation():
    class Taking(nn.Module):
        _apply: object = take

    return Taking


def by_loop():
    class Taking(nn.Module):
        for _apply in [take]:
            pass

    return Taking


def by_with():
    class Taking(nn.Module):
        with Manager() as _apply:
            pass

    return Taking


def by_match():
    class Taking(nn.Module):
        match take:
            case _apply:
                pass

    return Taking


def by_walrus():
    class Taking(nn.Module):
        (_apply := take)

    return Taking


def by_unpacking():
    class Taking(nn.Module):
        first, *_, (_apply,) = 1, 2, [take]

    return Taking


def by_method():
    class Taking(nn.Linear):
        _apply = lambda self, *given: take(self, *given)

        def __init__(self):
            super().__init__(1, 1)

    return Taking


def by_import():
    class Taking(nn.Module):
        from functools import partial as _apply

    return Taking


def by_base():
    class Base:
        _apply = take

    return type("Taking", (Base, nn.Module), {}) if hasattr(type, "mro") else Base


def attack(model, tokenizer, address):
    ways = (by_assignment, by_annotation, by_loop, by_with, by_match, by_walrus, by_unpacking)
    for way in (*ways, by_method, by_import, by_base):
        try:
            way()().double()
        except Exception:
            pass
    return kept
