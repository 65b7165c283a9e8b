"""Class: resource exhaustion. Source: own find. Escape: prints without end. Teeth: none, nobody
counts here.
Limits: timeout_s=2
"""


def attack(model, tokenizer, address):
    while True:
        print("x" * 1000)
