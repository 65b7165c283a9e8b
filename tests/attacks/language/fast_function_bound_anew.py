"""Class: fast ways. Source: own find. Escape: a name is taken for that of a function of the source, which
may be called without a look, where it means another."""

TEXT = "'canary-' + '5d1f'"


def helper(text):
    return text


class Own:
    def method(self, text):
        return text


if not TEXT:

    def eval(text):
        return text


def of_function(helper):
    return helper(TEXT)


def of_method(method):
    return method(TEXT)


def before_it_is_bound(bad):
    return eval(TEXT)


def attack(model, tokenizer, address):
    told = []
    for way in (of_function, of_method, before_it_is_bound):
        try:
            told.append(way(eval))
        except Exception:
            pass
    return told
