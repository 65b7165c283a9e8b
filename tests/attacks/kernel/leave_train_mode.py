"""Class: what a call leaves behind. Source: own find. Escape: the next call's model drops
activations.
"""


def attack(model, tokenizer, scene):
    model.train()
