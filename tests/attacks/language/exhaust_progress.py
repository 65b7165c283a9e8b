"""Class: resource exhaustion. Source: own find. Escape: reports of progress without end. Teeth:
none, progress is the server's own.
Limits: timeout_s=2
"""

from cloche import progress


def attack(model, tokenizer, address):
    number = 0
    while True:
        number += 1
        progress(number, None, "x" * 1000)
