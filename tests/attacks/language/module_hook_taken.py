"""Class: module gadget. Source: own find. Escape: a model registers a function of its own with its embeddings, whose class
overrides what registers it."""

from torch import nn

taken = []


class Own(nn.Embedding):
    def register_forward_hook(self, hook, **options):
        taken.append(hook)


def attack(model, tokenizer, address):
    model.set_input_embeddings(Own(16, 8))
    model.enable_input_require_grads()
    return taken
