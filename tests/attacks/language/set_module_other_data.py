"""Class: module gadget. Source: own find. Escape: a layer's other data is replaced."""


def attack(model, tokenizer, address):
    model.config.model_type
    model.transformer.config = [1]
    return "canary-" + "5d1f"
