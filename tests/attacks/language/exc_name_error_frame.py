"""Class: exceptions. Source: own find. Escape: the context's traceback leads to a frame."""


def attack(model, tokenizer, address):
    try:
        try:
            undefined
        except NameError:
            raise ValueError
    except ValueError as e:
        return e.__context__.__traceback__.tb_frame
