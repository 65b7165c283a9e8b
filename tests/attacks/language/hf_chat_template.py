"""Class: module gadget. Source: CVE-2024-34359 family. Escape: a template walks attributes."""


def attack(model, tokenizer, address):
    out = tokenizer.apply_chat_template(
        [{"role": "a", "content": "b"}], chat_template="{{ 'pwn' * 2 }}", tokenize=False
    )
    return len if out != "pwnpwn" else open("escaped", "w").close()
