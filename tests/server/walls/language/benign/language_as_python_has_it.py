"""Where rewritten code once meant something else: patterns, ordered dicts, enums, generics."""

import dataclasses
import enum
import functools
from collections import ChainMap, Counter, OrderedDict, defaultdict, namedtuple
from dataclasses import dataclass
from typing import ClassVar, Generic, Protocol, TypeVar, runtime_checkable

T = TypeVar("T")


class LRU(OrderedDict):
    def __init__(self, maxsize=2, /, *args, **kwds):
        self.maxsize = maxsize
        super().__init__(*args, **kwds)

    def __getitem__(self, key):
        value = super().__getitem__(key)
        self.move_to_end(key)
        return value

    def __setitem__(self, key, value):
        if key in self:
            self.move_to_end(key)
        super().__setitem__(key, value)
        if len(self) > self.maxsize:
            del self[next(iter(self))]


class Box(Generic[T]):
    def __init__(self, value):
        self.value = value

    def kind(self):
        return __class__.__name__


class Small(Box[T]):
    def kind(self):
        return (__class__.__name__, super().kind())


class Shown(enum.Enum):
    def shown(self):
        return f"<{self.name}>"


class Colour(Shown):
    RED = enum.auto()
    BLUE = enum.auto()


class Op(enum.Enum):
    ADD = enum.member(lambda a, b: a + b)
    TWICE = functools.partial(lambda a: a * 2)

    def __call__(self, *args):
        return self.value(*args)


class Ops(enum.Enum):
    double = lambda x: x * 2  # noqa: E731
    half = lambda x: x / 2  # noqa: E731


class Word(str, enum.Enum):  # noqa: UP042
    ONE = "one"
    __str__ = str.__str__


@runtime_checkable
class Named(Protocol):
    def name(self): ...


@runtime_checkable
class Counted(Protocol):
    def __len__(self): ...


class Person:
    def name(self):
        return "p"


@dataclass
class Row:
    x: int
    total: "ClassVar[int]" = 3
    other: "typing.ClassVar" = 4  # noqa: F821


def bound_if_it_fits(value):
    a = b = "before"
    match value:
        case [a, 1]:
            found = "first"
        case [b, 2] if b == "x":
            found = "second"
        case [_, 2]:
            found = "third"
        case _:
            found = "none"
    return found, a, b


def words(text):
    return text.translate(str.maketrans("ab", "cd"))


def technique(model, tokenizer):
    lru = LRU(2, a=1, b=2)
    lru["a"]
    lru["c"] = 3
    one, other = OrderedDict(a=1, b=2), OrderedDict(b=2, a=1)
    both = one | {"c": 3}
    one |= {"d": 4}
    chain = ChainMap({"a": 1}, {"b": 2})
    chain["c"] = 5
    del chain["a"]
    chain.update(d=6)
    last = chain.popitem()
    missing = defaultdict(list)
    missing["x"].append(1)
    Point = namedtuple("Point", "x class x", rename=True)
    Row.__doc__ = "rows"

    @functools.lru_cache
    def kept(x):
        return x

    kept(1), kept(1)
    try:
        raise ValueError("a")
    except ValueError as error:
        cause = error.__suppress_context__
    results = [
        list(lru.items()), one != other, OrderedDict(a=1) != OrderedDict(a=1), list(both),
        list(one), type(both) is OrderedDict, repr(OrderedDict(a=1)),
        OrderedDict.fromkeys("ab", 0) == {"a": 0, "b": 0},
        Box[int](5).value, Small[str]("x").kind(), list[int]((1, 2)),
        bound_if_it_fits([5, 2]), bound_if_it_fits([7, 1]), bound_if_it_fits(["x", 2]),
        bound_if_it_fits(3),
        Colour.RED.shown(), Op.ADD(1, 2), Op.TWICE(4), Ops.double(3), Ops.half(3), str(Word.ONE),
        len(Ops),
        isinstance(Person(), Named), isinstance(3, Named), isinstance([], Counted),
        isinstance(3, Counted),
        sorted(chain.items()), last, dict(missing), Point(1, 2, 3)._asdict(), Row(1), Row.__doc__,
        words("abc"), kept.cache_info().hits, cause,
        type(None) is type(print()),
        Counter("aab") | Counter("b"), [f.name for f in dataclasses.fields(Row)],
        dataclasses.asdict(Row(2), dict_factory=lambda pairs: [key for key, _ in pairs]),
    ]  # fmt: skip
    return [repr(each) for each in results]
