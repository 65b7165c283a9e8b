"""Values kept on layers, tensors and the model itself: set again, deleted, under private names."""

import torch
from torch import nn


class Recorder:
    def __init__(self):
        self.seen = []

    def add(self, value):
        self.seen.append(value)


def keep(module, args, output):
    module.last = (output[0] if isinstance(output, tuple) else output).detach()
    module._count = getattr(module, "_count", 0) + 1


@torch.no_grad()
def technique(model, tokenizer):
    inputs = tokenizer("the cat sat", return_tensors="pt")
    blocks = model.transformer.h
    handles = [block.register_forward_hook(keep) for block in blocks]
    model(**inputs)
    model.generate(**inputs, max_new_tokens=3, do_sample=False, pad_token_id=0)
    for handle in handles:
        handle.remove()
    found = [(block.last.shape, block._count) for block in blocks]
    for block in blocks:
        del block.last, block._count
    found.append([hasattr(block, "last") for block in blocks])

    head = model.lm_head
    head.direction = None
    head.direction = torch.ones(16)
    head.direction = head.direction.numpy()
    head.direction = [1.0, 2.0]
    head.label = "first"
    head.label = "second"
    head.scale = 2
    head.scale = 0.5
    head.recorder = Recorder()
    head.recorder.add(3)
    head.transform = lambda x: x + 1
    found.append((head.direction, head.label, head.scale, head.recorder.seen, head.transform(1)))

    model._seen = []
    model._seen.append(1)
    model._seen = [*model._seen, 2]
    model.probe = nn.Linear(16, 2)
    model.probe = nn.Identity()
    found.append((model._seen, type(model.probe).__name__))
    del model._seen, model.probe
    found.append((hasattr(model, "_seen"), hasattr(model, "probe")))

    weight = head.weight
    weight.importance = weight.abs().mean()
    weight.importance = weight.importance * 2
    weight.origin = "head"
    found.append((weight.importance, weight.origin, hasattr(weight, "other")))
    del weight.origin
    found.append(hasattr(weight, "origin"))
    blocks[0].mlp.dropout.p = 0.5
    blocks[1].extra = nn.Parameter(torch.zeros(2))
    found.append("transformer.h.1.extra" in dict(model.named_parameters()))
    del blocks[1].extra
    found.append("transformer.h.1.extra" in dict(model.named_parameters()))
    return found
