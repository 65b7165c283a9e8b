"""Class: memory. Source: own find. Escape: a variable holds a number while its type is looked at; the
object of the index then binds it to a list, which torch walks."""

import torch


class Index:
    def __len__(self):
        walked.append("canary-" + "5d1f")
        return 1

    def __getitem__(self, i):
        if i:
            raise IndexError
        return 0


class Turn:
    def __init__(self, act):
        self.act = act

    @property
    def grid(self):
        self.act()
        return torch.zeros(4)


walked = []
here = 0


def by_nonlocal():
    i = 0

    def change():
        nonlocal i
        i = [Index()]

    turn = Turn(change)
    return turn.grid[i]


def by_function_around():
    def around():
        j = 0
        yield lambda: turn.grid[j]
        j = [Index()]
        yield

    running = around()
    turn = Turn(lambda: next(running))
    return next(running)()


def by_function_around_an_expression():
    def around():
        k = 0
        yield (turn.grid[k] for _ in [0])
        k = [Index()]
        yield

    running = around()
    turn = Turn(lambda: next(running))
    return next(next(running))


def by_function_around_with_a_global_of_the_name():
    def around():
        here = 0
        yield lambda: turn.grid[here]
        here = [Index()]
        yield

    running = around()
    turn = Turn(lambda: next(running))
    return next(running)()


def attack(model, tokenizer, address):
    for way in (
        *(by_nonlocal, by_function_around, by_function_around_an_expression),
        by_function_around_with_a_global_of_the_name,
    ):
        try:
            way()
        except Exception:
            pass
    return walked
