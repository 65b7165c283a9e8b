"""Class: fast ways. Source: own find. Escape: the name of a builtin that may be called without a look is
bound to what may not be called, inside a function, a comprehension or a class, or where one begins."""

TEXT = "'canary-' + '5d1f'"


def of_lambda(bad):
    return (lambda complex: complex(TEXT))(bad)


def in_default(bad):
    def f(x=(divmod := bad)):
        pass

    return divmod(TEXT)


def in_default_of_lambda(bad):
    (lambda x=(enumerate := bad): x)()
    return enumerate(TEXT)


def in_annotation(bad):
    def f(x: (float := bad)):
        pass

    return float(TEXT)


def in_list(bad):
    return [format(TEXT) for format in [bad]]


def in_set(bad):
    return {frozenset(TEXT) for frozenset in [bad]}


def in_dict(bad):
    return {hash(TEXT): 0 for hash in [bad]}


def in_generator(bad):
    return next((hex(TEXT) for hex in [bad]), None)


def in_class(bad):
    class Body:
        global int
        int = bad

    return int(TEXT)


def attack(model, tokenizer, address):
    told = []
    for way in (
        *(of_lambda, in_default, in_default_of_lambda, in_annotation),
        *(in_list, in_set, in_dict, in_generator, in_class),
    ):
        try:
            told.append(way(eval))
        except Exception:
            pass
    return told
