"""Class: frames. Source: design rule 5. Escape: __exit__ is handed a traceback."""


class Catch:
    def __enter__(self):
        return self

    def __exit__(self, *details):
        self.trace = details[2]
        return True


def attack(model, tokenizer, address):
    with Catch() as c:
        1 / 0
    return c.trace
