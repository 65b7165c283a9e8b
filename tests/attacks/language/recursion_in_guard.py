"""Class: resource exhaustion. Source: own find. Escape: a full stack makes a guard give up halfway."""


def attack(model, tokenizer, address):
    found = []

    def dive():
        try:
            dive()
        except RecursionError:
            pass
        try:
            found.append(getattr(dive, "__globals__"))
        except Exception:
            pass

    dive()
    return found
