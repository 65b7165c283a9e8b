"""Class: frames. Source: common knowledge. Escape: a traceback's frame."""


def attack(model, tokenizer, address):
    try:
        1 / 0
    except ZeroDivisionError as e:
        return getattr(e, "__trace" + "back__").tb_frame
