"""Class: resource exhaustion. Source: own find. Escape: prints without end, whose end is caught.
Limits: timeout_s=2
"""


def attack(model, tokenizer, address):
    while True:
        try:
            print("x" * 1000)
        except BaseException:
            pass
