"""Subclasses of builtin containers, namedtuple, Counter, defaultdict, deque, heapq, bisect."""

import bisect
import copy
import heapq
from collections import Counter, OrderedDict, defaultdict, deque, namedtuple

Hit = namedtuple("Hit", "layer head score")


class Cache(dict):
    def __init__(self, *args, **kw):
        super().__init__(*args, **kw)
        self.misses = 0

    def __missing__(self, key):
        self.misses += 1
        self[key] = key * 2
        return self[key]


class Stack(list):
    def push(self, x):
        self.append(x)
        return self


def technique(model, tokenizer):
    c = Cache(a="b")
    out = [c["x"], c["x"], c.misses, sorted(c), Stack().push(1).push(2)[-1]]
    hits = [Hit(1, 2, 0.5), Hit(0, 1, 0.9)._replace(head=4)]
    out += [max(hits, key=lambda h: h.score), hits[0]._asdict(), Hit._fields]
    counts = Counter(["the", "cat", "the", "mat"])
    groups = defaultdict(list)
    for w in counts.elements():
        groups[len(w)].append(w)
    groups[3] += ["zzz"]
    q = deque(maxlen=2)
    q.extend([1, 2, 3])
    heap = []
    for n in (3, 1, 2):
        heapq.heappush(heap, n)
    xs = [1, 3, 5]
    bisect.insort(xs, 4)
    nested = {"a": [1, {2}]}
    dup = copy.deepcopy(nested)
    dup["a"][1].add(3)
    od = OrderedDict(b=1, a=2)
    od.move_to_end("b")
    out += [
        counts.most_common(1),
        dict(groups),
        list(q),
        heapq.heappop(heap),
        xs,
        nested,
        dup,
        list(od),
    ]
    return out
