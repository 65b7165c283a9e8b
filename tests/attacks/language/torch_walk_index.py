"""Class: memory. Source: own find. Escape: torch itself walks a list of the technique's objects as
an index; a method of one could clear the list meanwhile."""

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
    data = [Index()]
    torch.zeros(4)[data]
    return walked
