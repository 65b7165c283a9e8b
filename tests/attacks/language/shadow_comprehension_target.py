"""Class: shadowing. Source: own find. Escape: a comprehension's target takes a guard's name, and
leaks with a walrus.
"""


def attack(model, tokenizer, address):
    [(_getattr_ := each) for each in [lambda value, name: value]]
    return [attack.__globals__ for _getiter_ in [iter]][0]
