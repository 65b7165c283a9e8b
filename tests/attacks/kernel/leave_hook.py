"""Class: what a call leaves behind. Source: own find. Escape: a hook sees, and changes, the next
call's activations.
"""

import torch


def attack(model, tokenizer, scene):
    torch.nn.modules.module.register_module_forward_hook(lambda module, inputs, output: None)
    model.register_forward_pre_hook(lambda module, inputs: None)
    model.lm_head.register_forward_hook(lambda module, inputs, output: output * 0)
