"""Class: module gadget. Source: transformers documentation. Escape: the model writes files."""


def attack(model, tokenizer, address):
    model.config.save_pretrained(".")
    __import__("os").rename("config.json", "escaped")
