"""Class: module gadget. Source: own find. Escape: a method that no row lists is called a second
time."""


def attack(model, tokenizer, address):
    for _ in range(2):
        try:
            model.config.to_json_file("escaped")
        except Exception:
            pass
