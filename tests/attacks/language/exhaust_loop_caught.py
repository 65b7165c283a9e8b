"""Class: resource exhaustion. Source: own find. Escape: a loop that catches everything that would
end it.
Limits: timeout_s=0.5
"""


def attack(model, tokenizer, address):
    while True:
        try:
            while True:
                pass
        except BaseException:
            pass
