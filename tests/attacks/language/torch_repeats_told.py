"""Class: memory. Source: own find. Escape: a tensor's repeats are written past the result, whose size was
told beforehand: a count is negative, which is seen too late. By the method."""

import torch


def attack(model, tokenizer, address):
    many = 1 << 24
    torch.zeros(2).repeat_interleave(torch.tensor([many, 1 - many]), output_size=1)
