"""Class: module gadget. Source: own find. Escape: text or objects are set in a configuration, or
a count that kernels divide by becomes zero."""


def attack(model, tokenizer, address):
    config = model.config
    for name, value in (
        ("model_type", "other"),
        ("_name_or_path", "elsewhere"),
        ("_attn_implementation", "kernels-community/flash"),
        ("n_head", 0),
        ("n_head", "kernels-community/flash"),
        ("num_attention_heads", [1]),
        ("auto_map", {}),
        ("attribute_map", {}),
    ):
        try:
            setattr(config, name, value)
        except Exception as e:
            if type(e).__name__ == "AccessRefused":
                continue
        return "canary-" + "5d1f"
