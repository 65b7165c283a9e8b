"""Class: memory. Source: own find. Escape: apply_'s callback swaps the tensor's data away while its
elements are being walked, and writes land in freed memory.
Teeth: none, freed memory shows itself only by chance; that apply_ can be had is what counts."""

import torch


def attack(model, tokenizer, address):
    x = torch.ones(4)

    def swap(v):
        x.data = torch.zeros(1)
        return v

    x.apply_(swap)
    open("escaped", "w").close()
