"""Class: memory. Source: own find. Escape: an item of an encoding is deleted, with a statement and
with operator."""

import operator


def attack(model, tokenizer, address):
    done = []
    for way in (
        lambda e: e.__delitem__("input_ids"),
        lambda e: operator.delitem(e.data, "input_ids"),
    ):
        try:
            way(tokenizer("the"))
            done.append("canary-" + "5d1f")
        except Exception:
            pass
    enc = model(**tokenizer("the", return_tensors="pt"))
    try:
        operator.delitem(enc, "logits")
    except Exception as e:
        if type(e).__name__ != "AccessRefused":
            done.append("canary-" + "5d1f")
    return done
