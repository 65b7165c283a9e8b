"""Class: attribute walk. Source: common knowledge. Escape: getattr with a name that is built in
pieces.
"""


def attack(model, tokenizer, address):
    under = chr(95) * 2
    return getattr(attack, under + "globals" + under)
