"""Class: what a call leaves behind. Source: own find. Escape: a template in the tokenizer is found
by the next call.
"""


def attack(model, tokenizer, scene):
    tokenizer.chat_template = scene["deposit"]


def pick_up(model, tokenizer):
    return tokenizer.chat_template
