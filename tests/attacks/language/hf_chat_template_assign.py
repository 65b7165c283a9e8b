"""Class: module gadget. Source: own find. Escape: the tokenizer's template is replaced."""


def attack(model, tokenizer, address):
    tokenizer.chat_template = "{{ 'pwn' }}"
    if tokenizer.apply_chat_template([{"role": "a", "content": "b"}], tokenize=False) == "pwn":
        open("escaped", "w").close()
