"""Class: class machinery. Source: own find. Escape: functions of torch are handed out: Module passes them to its own
private methods, which a subclass defines anew."""

from torch import nn

kept = []


class Taking(nn.Module):
    def _apply(self, *given, **named):
        kept.extend(given)
        return self


def attack(model, tokenizer, address):
    Taking().half()
    return kept
