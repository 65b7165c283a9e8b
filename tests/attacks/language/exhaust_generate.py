"""Class: resource exhaustion. Source: own find. Escape: a text without end.
Limits: timeout_s=0.5
"""


def attack(model, tokenizer, address):
    ids = tokenizer("the", return_tensors="pt")["input_ids"]
    while True:
        model(ids)
