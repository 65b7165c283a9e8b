"""Class: resource exhaustion. Source: own find. Escape: a loop without end.
Limits: timeout_s=0.5
"""


def attack(model, tokenizer, address):
    while True:
        pass
