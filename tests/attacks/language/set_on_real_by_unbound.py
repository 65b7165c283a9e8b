"""Class: module gadget. Source: own find. Escape: `object.__setattr__` sets an attribute of the
tokenizer."""


def attack(model, tokenizer, address):
    object.__setattr__(tokenizer, "chat_template", "canary-" + "5d1f")
    return tokenizer.apply_chat_template([{"role": "a", "content": "b"}], tokenize=False)
