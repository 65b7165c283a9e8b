"""Class: what a call leaves behind. Source: own find. Escape: a note in the tokenizer is found by
the next call.
"""


def attack(model, tokenizer, scene):
    tokenizer.add_tokens([scene["deposit"]])


def pick_up(model, tokenizer):
    return tokenizer.convert_ids_to_tokens(len(tokenizer) - 1)
