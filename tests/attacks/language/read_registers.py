"""Class: identity and namespaces. Source: own find. Escape: a layer's registers, or a tensor's notes, are read."""


def attack(model, tokenizer, address):
    layer = model.lm_head
    layer._own = 1
    layer.weight.own = 1
    for holder, name in (
        (layer, "_forward_hooks"),
        (layer, "_modules"),
        (layer.weight, "_is_hf_initialized"),
        (layer, " added"),
        (layer.weight, " added"),
    ):
        try:
            getattr(holder, name)
        except Exception:
            continue
        return "canary-" + "5d1f"
