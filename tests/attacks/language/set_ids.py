"""Class: module gadget. Source: own find. Escape: token ids become objects."""


class Own:
    pass


def attack(model, tokenizer, address):
    done = []
    for value in ([Own()], Own(), "text"):
        try:
            model.generation_config.eos_token_id = value
            done.append("canary-" + "5d1f")
        except Exception:
            pass
    return done
