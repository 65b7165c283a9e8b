"""Class: what a call leaves behind. Source: own find. Escape: an object that nobody holds is found
by the next call.
"""

import gc


def attack(model, tokenizer, scene):
    kept = {"deposit": scene["deposit"]}
    kept["self"] = kept


def pick_up(model, tokenizer):
    return [
        each["deposit"] for each in gc.get_objects() if type(each) is dict and "deposit" in each
    ][:3]
