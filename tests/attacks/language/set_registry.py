"""Class: class machinery. Source: own find. Escape: a layer's private registry is replaced, on an
object and on its class."""

from torch import nn


class M(nn.Module):
    pass


def attack(model, tokenizer, address):
    done = []
    m = M()
    for way in (
        lambda: setattr(m, "_forward_hooks", {}),
        lambda: setattr(M, "_modules", {}),
        lambda: delattr(m, "_buffers"),
    ):
        try:
            way()
            done.append("canary-" + "5d1f")
        except Exception:
            pass
    return done
