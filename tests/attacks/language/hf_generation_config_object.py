"""Class: module gadget. Source: own find. Escape: a generation configuration is made with other
names and values."""

from transformers import GenerationConfig


class Own:
    pass


def attack(model, tokenizer, address):
    done = []
    for options in ({"custom": 1}, {"temperature": Own()}, {"eos_token_id": [Own()]}):
        try:
            GenerationConfig(**options)
            done.append("canary-" + "5d1f")
        except Exception as e:
            if type(e).__name__ != "AccessRefused":
                done.append("canary-" + "5d1f")
    return done
