"""Class: frames. Source: own find. Escape: an error inside a hook comes back with the library's
frames.
"""


def attack(model, tokenizer, address):
    def hook(module, inputs, output):
        raise ValueError("x")

    model.register_forward_hook(hook)
    try:
        model(tokenizer("the", return_tensors="pt")["input_ids"])
    except ValueError as error:
        trace = error.__traceback__
        while trace.tb_next:
            trace = trace.tb_next
        return trace.tb_frame.f_back.f_globals
