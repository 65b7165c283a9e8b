"""Class: module gadget. Source: own find. Escape: a layer or a model is given a new attribute that
libraries ask for by name, or one that holds what may not be handed out."""


class Own:
    pass


def attack(model, tokenizer, address):
    for holder, name, value in (
        (model, "hf_device_map", Own()),
        (model, "hf_quantizer", lambda *args: 1),
        (model.lm_head, "own", iter(())),
    ):
        try:
            setattr(holder, name, value)
        except Exception:
            continue
        return "canary-" + "5d1f"
