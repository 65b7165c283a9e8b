"""Class: fast ways. Source: own find. Escape: a method known of an own class is called on a real object
of the same variable, under a name that the real class does not list."""


class Own:
    def share_memory(self):
        return None


def attack(model, tokenizer, address):
    found = None
    for x in [Own(), Own(), Own(), model]:
        found = x.share_memory()
    return "canary-" + "5d1f" if found is model else None
