"""Class: module gadget. Source: own find. Escape: the tokenizer's template is replaced."""


def attack(model, tokenizer, address):
    tokenizer.chat_template = "canary-" + "5d1f"
    return tokenizer.apply_chat_template([{"role": "a", "content": "b"}], tokenize=False)
