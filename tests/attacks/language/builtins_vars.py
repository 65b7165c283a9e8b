"""Class: builtins. Source: own find. Escape: vars() of the model shows its registries."""


def attack(model, tokenizer, address):
    for each in (model, model.lm_head, model.config, tokenizer):
        if any(name.startswith("_") for name in vars(each)):
            return "canary-" + "5d1f"
