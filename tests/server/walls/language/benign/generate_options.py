"""Options of generate beyond sampling, and caches written to and cropped."""

import torch
from transformers import DynamicCache, GenerationConfig


def technique(model, tokenizer):
    inputs = tokenizer("the cat the cat", return_tensors="pt")

    def generate(**options):
        options = {"max_new_tokens": 3, "do_sample": False, "pad_token_id": 0, **options}
        return model.generate(**inputs, **options)

    plain = generate()
    found = [
        torch.equal(plain, generate(cache_implementation="static")),
        torch.equal(plain, generate(cache_implementation="dynamic")),
        torch.equal(plain, generate(cache_implementation="static", max_cache_len=24)),
        generate(sequence_bias={(10,): 50.0}),
        generate(sequence_bias=[[[10], 50.0]]),
        generate(prompt_lookup_num_tokens=2),
        generate(bad_words_ids=[[plain[0, -1].item()]]),
        generate(suppress_tokens=[3, 4], begin_suppress_tokens=[5]),
        generate(forced_eos_token_id=2, no_repeat_ngram_size=2, num_beams=2),
        generate(generation_config=GenerationConfig(sequence_bias=[[[10], 50.0]], max_length=6)),
    ]
    with torch.no_grad():
        cache = model(**inputs, use_cache=True).past_key_values
        layer = cache.layers[0]
        layer.keys = layer.keys * 0
        layer.values = layer.values[..., :3, :]
        layer.keys = layer.keys[..., :3, :]
        found += [layer.keys.shape, layer.values.sum()]
        for layer in cache.layers[1:]:
            layer.keys, layer.values = layer.keys[..., :3, :], layer.values[..., :3, :]
        found.append(model(inputs["input_ids"][:, 3:], past_key_values=cache).logits)
        cache.crop(-2)
        found.append([cache.get_seq_length(), len(cache.layers), len(cache)])
        fresh = DynamicCache()
        model(inputs["input_ids"], past_key_values=fresh)
        found.append([each.keys.mean() for each in fresh.layers])
    model.config.layer_norm_epsilon = 1e-3
    model.config.summary_first_dropout = 0.5
    return found, model.config.layer_norm_epsilon
