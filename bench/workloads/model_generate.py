"""Model-bound: greedy decoding by the library, and by hand with a cache."""

import torch


def work(model, tokenizer):
    inputs = tokenizer("The capital of Italy is", return_tensors="pt")
    whole = model.generate(**inputs, max_new_tokens=8, do_sample=False, pad_token_id=0)
    ids, cache, tokens = inputs["input_ids"], None, []
    with torch.no_grad():
        for _ in range(8):
            out = model(ids, past_key_values=cache, use_cache=True)
            cache = out.past_key_values
            ids = out.logits[:, -1].argmax(-1, keepdim=True)
            tokens.append(ids.item())
    return whole[0].tolist(), tokens
