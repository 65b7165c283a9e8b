"""Class: module gadget. Source: own find. Escape: a setting's number becomes an object, or no
number."""


class Own:
    pass


def attack(model, tokenizer, address):
    done = []
    for value in (Own(), "text", float("nan")):
        try:
            model.generation_config.temperature = value
            done.append("canary-" + "5d1f")
        except Exception:
            pass
    return done
