"""Class: module gadget. Source: own find. Escape: what the library put on a layer is replaced or
deleted because the technique put something else there."""


def attack(model, tokenizer, address):
    layer = model.lm_head
    for name in ("own", "_own"):
        try:
            setattr(layer, name, 1)
        except Exception:
            pass
    for way in (
        lambda: setattr(layer, "in_features", [1]),
        lambda: setattr(layer, "in_features", None),
        lambda: setattr(layer, "in_features", "many"),
        lambda: setattr(layer, "bias", "none"),
        lambda: delattr(layer, "in_features"),
        lambda: delattr(layer, "training"),
        lambda: delattr(layer, "_forward_hooks"),
        lambda: delattr(layer, "_modules"),
        lambda: setattr(layer, " added", {"in_features"}),
    ):
        try:
            way()
        except Exception as e:
            if type(e).__name__ == "AccessRefused":
                continue
        return "canary-" + "5d1f"
