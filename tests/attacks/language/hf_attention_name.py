"""Class: module gadget. Source: own find. Escape: another attention implementation is looked for."""


class Name(str):
    pass


def attack(model, tokenizer, address):
    for name in ("flash_attention_2", Name("eager")):
        try:
            model.set_attn_implementation(name)
        except Exception as e:
            if type(e).__name__ == "AccessRefused":
                continue
        return "canary-" + "5d1f"
