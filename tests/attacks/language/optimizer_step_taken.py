"""Class: module gadget. Source: own find. Escape: schedulers set a function of their own on an optimizer, whose class takes it:
by a descriptor, a property, or a `__setattr__`."""

import torch
from torch import nn

taken = []


class Other:
    def step(self, closure=None):
        return None


class Step:
    def __get__(self, obj, owner):
        return Other().step

    def __set__(self, obj, value):
        taken.append(value)


class ByDescriptor(torch.optim.Optimizer):
    step = Step()


class ByProperty(torch.optim.Optimizer):
    @property
    def step(self):
        return Other().step

    @step.setter
    def step(self, value):
        taken.append(value)


class BySetting(torch.optim.Optimizer):
    def __init__(self, params, defaults):
        self.param_groups = [{"lr": 1.0, "params": params}]
        self.defaults, self.state = defaults, {}

    def step(self, closure=None):
        return None

    def __setattr__(self, name, value):
        taken.append(value)
        super().__setattr__(name, value)


def attack(model, tokenizer, address):
    for kind in (ByDescriptor, ByProperty, BySetting):
        try:
            optimizer = kind([nn.Parameter(torch.zeros(1))], {"lr": 1.0})
            torch.optim.lr_scheduler.StepLR(optimizer, 1)
        except Exception:
            continue
    return [each for each in taken if callable(each)]
