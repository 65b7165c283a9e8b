"""Class: module gadget. Source: own find. Escape: a hook's handle keeps a reference to the
dictionary of hooks.
"""


def attack(model, tokenizer, address):
    handle = model.register_forward_hook(lambda *args: None)
    return handle.hooks_dict_ref.__callback__, handle.remove.__func__.__globals__
