"""Adds a direction to the residual stream while generating."""
# ruff: noqa: RUF005  # written as in a notebook

from contextlib import contextmanager

import torch


@contextmanager
def steering(block, vector, scale=4.0):
    def hook(module, args, output):
        if isinstance(output, tuple):
            return (output[0] + scale * vector,) + output[1:]
        return output + scale * vector

    handle = block.register_forward_hook(hook)
    try:
        yield handle
    finally:
        handle.remove()


def technique(model, tokenizer):
    def mean_hidden(text):
        ids = tokenizer(text, return_tensors="pt").input_ids
        with torch.no_grad():
            return model(ids, output_hidden_states=True).hidden_states[1][0].mean(dim=0)

    vector = mean_hidden("cat cat") - mean_hidden("dog dog")
    inputs = tokenizer("the", return_tensors="pt")
    with steering(model.transformer.h[0], vector / vector.norm()), torch.inference_mode():
        ids = model.generate(**inputs, max_new_tokens=5, do_sample=False, pad_token_id=0)
    return tokenizer.decode(ids[0], skip_special_tokens=True), vector
