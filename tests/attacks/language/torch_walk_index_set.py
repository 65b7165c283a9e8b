"""Class: memory. Source: own find. Escape: the same, where an item is set."""

import torch


class Index:
    def __len__(self):
        walked.append("canary-" + "5d1f")
        return 1

    def __getitem__(self, i):
        if i:
            raise IndexError
        return 0


walked = []


def attack(model, tokenizer, address):
    torch.zeros(4)[[Index()]] = 1.0
    return walked
