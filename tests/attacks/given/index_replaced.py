"""Class: memory. Source: own find. Escape: torch walks a list of the attack's own objects as an index:
where the source binds the index, it is a number."""

import torch

N = 1


class Index:
    def __len__(self):
        walked.append("canary-" + "5d1f")
        return 1

    def __getitem__(self, i):
        if i:
            raise IndexError
        return 0


class Turn:
    """Changes the index between a look at it and its use, where there is one."""

    @property
    def grid(self):
        names[0]["N"] = [Index()]
        return torch.zeros(4)


walked = []
names = []


def attack(model, tokenizer, address, given):
    names.append(given)
    x, turn = torch.zeros(4), Turn()
    for each in (lambda: turn.grid[N], lambda: x[N], lambda: x[N + 0]):
        try:
            each()
        except Exception:
            pass
    return walked
