"""Class: module gadget. Source: own find. Escape: the side of padding becomes another text."""


def attack(model, tokenizer, address):
    done = []
    for value in ("up", ["left"]):
        try:
            tokenizer.padding_side = value
            done.append("canary-" + "5d1f")
        except Exception:
            pass
    return done
