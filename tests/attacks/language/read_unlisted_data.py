"""Class: attribute walk. Source: own find. Escape: data of a library's object that no row lists."""


def attack(model, tokenizer, address):
    handle = model.lm_head.register_forward_hook(lambda module, args, output: None)
    return "canary-" + "5d1f" if handle.id is not None else None
