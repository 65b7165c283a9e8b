"""Class: module gadget. Source: own find. Escape: a list of processors, criteria or schedules takes what is
not listed, to call it later."""

import torch
from transformers import LogitsProcessorList, StoppingCriteriaList


def attack(model, tokenizer, address):
    callee = exec
    opt = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=1)
    told = []
    for make in (
        lambda: LogitsProcessorList([callee]),
        lambda: StoppingCriteriaList([callee]),
        lambda: torch.optim.lr_scheduler.LambdaLR(opt, [callee]),
        lambda: torch.optim.lr_scheduler.MultiplicativeLR(opt, [callee]),
    ):
        try:
            make()
        except Exception as e:
            if type(e).__name__ == "AccessRefused":
                continue
        told.append("canary-" + "5d1f")
    return told
