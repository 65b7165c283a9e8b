"""Class: files. Source: own find. Escape: torch maps a file."""

import torch


def attack(model, tokenizer, scene):
    data = torch.from_file(scene["secret_file"], size=36, dtype=torch.uint8)
    return bytes(data.tolist())
