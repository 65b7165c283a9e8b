"""Class: module gadget. Source: own find. Escape: parts of layers that compile, share or forget."""

from torch import nn


def attack(model, tokenizer, address):
    done = []
    for read in (
        lambda: model.share_memory,
        lambda: model.compile,
        lambda: model.to_empty,
        lambda: nn.ParameterList,
        lambda: nn.ParameterDict,
    ):
        try:
            read()
            done.append("canary-" + "5d1f")
        except Exception:
            pass
    return done
