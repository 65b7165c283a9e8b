"""Class: module gadget. Source: own find. Escape: the profiler writes a trace to a file."""

import torch


def attack(model, tokenizer, address):
    with torch.profiler.profile() as seen:
        torch.zeros(1)
    seen.export_chrome_trace("escaped")
