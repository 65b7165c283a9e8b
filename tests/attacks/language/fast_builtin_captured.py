"""Class: fast ways. Source: own find. Escape: a pattern captures what may not be called under the name
of a builtin that may be called without a look."""

TEXT = "'canary-' + '5d1f'"


def by_itself(bad):
    match bad:
        case oct:
            return oct(TEXT)


def inside_another(bad):
    match [bad]:
        case [pow] as _whole:
            return pow(TEXT)


def inside_mapping(bad):
    match {"x": bad}:
        case {"x": ord}:
            return ord(TEXT)


def attack(model, tokenizer, address):
    told = []
    for way in (by_itself, inside_another, inside_mapping):
        try:
            told.append(way(eval))
        except Exception:
            pass
    return told
