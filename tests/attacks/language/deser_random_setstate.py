"""Class: deserialisation. Source: own find. Escape: a state of a random generator that was not
saved is believed.
"""

import random


def attack(model, tokenizer, address):
    return random.Random.__reduce__(random.Random())[0].__subclasses__
