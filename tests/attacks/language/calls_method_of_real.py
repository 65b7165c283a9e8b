"""Class: module gadget. Source: own find. Escape: a method that no row lists writes a file."""


def attack(model, tokenizer, address):
    model.config.to_json_file("escaped")
