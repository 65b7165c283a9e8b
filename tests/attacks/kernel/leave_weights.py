"""Class: what a call leaves behind. Source: own find. Escape: the weights of the next call are
changed.
"""

import torch


def attack(model, tokenizer, scene):
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.add_(1)
