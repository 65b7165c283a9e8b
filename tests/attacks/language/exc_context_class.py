"""Class: exceptions. Source: found by fuzzing. Escape: a refused read has the guard's own KeyError as its
context, and that holds the real class of what was read.
Teeth: none, plain Python raises no such KeyError."""


class Own:
    pass


def function():
    yield


def attack(model, tokenizer, address):
    found = []
    for read in (
        lambda: Own.missing,
        lambda: Own.missing(),
        lambda: getattr(Own, "missing"),
        lambda: function.missing,
        lambda: function().missing(),
        lambda: model.missing,
        lambda: "".missing,
    ):
        try:
            read()
        except Exception as error:
            while error is not None:
                found += error.args
                error = error.__context__
    return found
