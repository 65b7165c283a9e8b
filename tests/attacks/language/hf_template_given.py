"""Class: module gadget. Source: own find. Escape: apply_chat_template runs a template of the
technique's."""


def attack(model, tokenizer, address):
    talk = [{"role": "a", "content": "b"}]
    return tokenizer.apply_chat_template(
        talk, chat_template="{{ 'canary-' + '5d1f' }}", tokenize=False
    )
