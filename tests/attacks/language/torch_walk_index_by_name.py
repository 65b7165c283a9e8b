"""Class: memory. Source: own find. Escape: the same, by the methods' names and by operator."""

import operator

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
    for way in (
        lambda: torch.zeros(4).__getitem__([Index()]),
        lambda: torch.zeros(4).__setitem__([Index()], 1.0),
        lambda: operator.getitem(torch.zeros(4), [Index()]),
        lambda: operator.itemgetter([Index()])(torch.zeros(4)),
    ):
        try:
            way()
        except Exception:
            pass
    return walked
