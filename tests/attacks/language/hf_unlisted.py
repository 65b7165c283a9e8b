"""Class: module gadget. Source: own find. Escape: parts of models and of transformers that fetch,
write or run code."""

import transformers


def attack(model, tokenizer, address):
    done = []
    for read in (
        lambda: model.from_pretrained,
        lambda: model.save_pretrained,
        lambda: model.push_to_hub,
        lambda: transformers.pipeline,
        lambda: transformers.AutoModel.from_pretrained,
        lambda: transformers.AutoModelForCausalLM.from_config,
        lambda: transformers.LlamaForCausalLM(model.config),
        lambda: tokenizer.save_pretrained,
        lambda: model.config.save_pretrained,
    ):
        try:
            read()
            done.append("canary-" + "5d1f")
        except Exception:
            pass
    return done
