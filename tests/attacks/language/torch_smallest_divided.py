"""Class: memory. Source: own find. Escape: the smallest integer, divided by -1, ends the process. By each
function and method, in place, by a number and by a tensor."""

import torch

LEAST = torch.iinfo(torch.int64).min
WAYS = {
    "torch.div": lambda x, y: torch.div(x, y, rounding_mode="trunc"),
    "torch.divide": lambda x, y: torch.divide(x, y, rounding_mode="trunc"),
    "div": lambda x, y: x.div(y, rounding_mode="trunc"),
    "divide": lambda x, y: x.divide(y, rounding_mode="trunc"),
    "div_": lambda x, y: x.div_(y, rounding_mode="trunc"),
    "divide_": lambda x, y: x.divide_(y, rounding_mode="trunc"),
}


def attack(model, tokenizer, address):
    for way in WAYS.values():
        for divisor in (-1, torch.tensor([-1, 3])):
            way(torch.tensor([LEAST, 7]), divisor)
