"""Class: deserialisation. Source: own find. Escape: a state dictionary's hooks are pickled with
it. Teeth: none, a class's state is only data.
"""


def attack(model, tokenizer, address):
    found = model.state_dict()
    return found._metadata.__class__.__reduce__, model.__getstate__()
