"""Class: module gadget. Source: own find. Escape: torch.package imports from a file."""

import torch


def attack(model, tokenizer, address):
    torch.package.PackageExporter("escaped").close()
