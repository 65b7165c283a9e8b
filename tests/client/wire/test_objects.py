"""Objects that msgpack has no type for: what each becomes, and that none of their code runs."""

from __future__ import annotations

import collections
import copy
import dataclasses
import datetime
import decimal
import enum
import fractions
import pickle
import types
import typing
import uuid
import zoneinfo
from typing import Any

import msgpack
import numpy as np
import pytest
import torch
from cloche import Record, RecordTuple
from cloche.contract.errors import WireError
from cloche.wire import Mask, decode, encode, encode_parts, joined
from cloche.wire._measure import BYTES_PER_BYTE, FREE_BYTES


@dataclasses.dataclass
class Run:
    name: str
    losses: list[float]
    best: object = None
    kept: typing.ClassVar[int] = 3
    start: dataclasses.InitVar[int] = 0


@dataclasses.dataclass(frozen=True, slots=True)
class Point:
    x: int
    y: int = 0


@dataclasses.dataclass
class Named(Run):
    extra: int = 1
    unset: int = dataclasses.field(default=5, init=False)


class Pair(typing.NamedTuple):
    loss: float
    ids: list[int]


class Colour(enum.Enum):
    RED = 1
    PAIR = (1, "b")


class Access(enum.Flag):
    READ = 1
    WRITE = 2


class Text(str):
    def __str__(self) -> str:
        return "forged"


@dataclasses.dataclass
class Carrier:
    payload: Any


#: What goes in, and what comes out.
ARRIVES: dict[str, tuple[Any, Any]] = {
    "enum": (Colour.RED, 1),
    "enum of a tuple": (Colour.PAIR, (1, "b")),
    "flags": (Access.READ | Access.WRITE, 3),
    "str subclass": (Text("plain"), "plain"),
    "bytes subclass": (type("B", (bytes,), {})(b"x"), b"x"),
    "bytearray": (bytearray(b"x"), b"x"),
    "bytearray subclass": (type("A", (bytearray,), {})(b"x"), b"x"),
    "complex subclass": (type("C", (complex,), {})(1 + 2j), 1 + 2j),
    "big int subclass": (type("I", (int,), {})(2**70), 2**70),
    "set subclass": (type("S", (set,), {})({1}), {1}),
    "frozenset subclass": (type("F", (frozenset,), {})({1}), frozenset({1})),
    "dict keys": ({"a": 1}.keys(), ["a"]),
    "dict values": ({"a": 1}.values(), [1]),
    "dict items": ({"a": 1}.items(), [("a", 1)]),
    "ordered dict's items": (collections.OrderedDict(a=1).items(), [("a", 1)]),
    "deque": (collections.deque([1, 2], maxlen=2), [1, 2]),
    "counter": (collections.Counter("aab"), {"a": 2, "b": 1}),
    "default dict": (collections.defaultdict(list, a=[1]), {"a": [1]}),
    "ordered dict": (collections.OrderedDict(b=1, a=2), {"b": 1, "a": 2}),
    "mapping proxy": (types.MappingProxyType({"a": 1}), {"a": 1}),
    "user list": (collections.UserList([1]), [1]),
    "user string": (collections.UserString("a"), "a"),
    "user dict": (collections.UserDict(a=1), {"a": 1}),
    "size": (torch.ones(2, 3).shape, (2, 3)),
    "parameter": (torch.nn.Parameter(torch.tensor(1.0)), torch.tensor(1.0)),
    "numpy text": (np.str_("a"), "a"),
    "numpy bytes": (np.bytes_(b"a"), b"a"),
    "memory map's class": (np.arange(2).view(type("M", (np.ndarray,), {})), np.arange(2)),
    "strings of any length": (
        np.array(["a", "bcd"], dtype=np.dtypes.StringDType()), np.array(["a", "bcd"])
    ),
}  # fmt: skip

#: What comes back as it went.
COMES_BACK = [
    range(3),
    range(10, 0, -3),
    range(2**70, 2**70 + 2),
    slice(None),
    slice(1, None, 2),
    datetime.datetime(2026, 1, 2, 3, 4, 5, 6),
    datetime.date(2026, 1, 2),
    datetime.time(1, 2, 3),
    datetime.time(1, tzinfo=datetime.UTC),
    datetime.timedelta(days=-1, microseconds=5),
    datetime.timedelta.max,
    decimal.Decimal("1.10"),
    decimal.Decimal("-Infinity"),
    decimal.Decimal("1e-999999"),
    fractions.Fraction(-1, 3),
    uuid.UUID(int=7),
    torch.bfloat16,
    torch.device("cpu"),
    torch.device("cuda", 1),
    np.dtype("float32"),
    np.dtype("<M8[10s]"),
    np.datetime64("2026-01-02T03:04"),
    np.datetime64("NaT"),
    np.timedelta64(3, "h"),
    np.array(["2026-01-02", "NaT"], dtype="M8[D]"),
    np.zeros((2, 0), "m8[ns]"),
    np.array([["a", ""], ["bcd", "日本"]]),
    np.array([], dtype="U3"),
    np.array(b"x"),
]


@pytest.mark.parametrize("name", ARRIVES)
def test_an_object_arrives_as_what_it_holds(name: str) -> None:
    sent, expected = ARRIVES[name]
    back = decode(encode({"here": [sent]}))["here"][0]
    assert _equal(back, expected), back
    assert encode(back) == encode(expected) or isinstance(back, Record)


@pytest.mark.parametrize("value", COMES_BACK, ids=repr)
def test_a_value_comes_back(value: Any) -> None:
    back = decode(encode(value))
    assert type(back) is type(value)
    assert _equal(back, value)
    if isinstance(value, (np.ndarray, np.generic)):
        assert back.dtype.kind == value.dtype.kind
        assert back.shape == value.shape
    assert encode(back) == encode(value)


def test_a_time_in_a_zone_is_that_moment() -> None:
    moment = datetime.datetime(2026, 7, 1, 12, tzinfo=zoneinfo.ZoneInfo("Europe/Paris"))
    back = decode(encode(moment))
    assert back == moment
    assert back.utcoffset() == datetime.timedelta(0)


def test_a_dataclass_is_its_fields() -> None:
    back = decode(encode(Run("a", [1.5], best=torch.ones(2))))
    assert type(back) is Record
    assert back.type_name == "Run"
    assert list(back) == ["name", "losses", "best"]
    assert back["name"] == back.name == back[0] == "a"
    assert torch.equal(back.best, torch.ones(2))
    assert repr(decode(encode(Point(1)))) == "Point(x=1, y=0)"
    assert decode(encode(Named("n", []))) == {
        "name": "n", "losses": [], "best": None, "extra": 1, "unset": 5,
    }  # fmt: skip


def test_frozen_dataclasses_are_keys_and_items() -> None:
    back = decode(encode({Point(1, 2): "a"}))
    assert back[Record("Point", {"x": 1, "y": 2})] == "a"
    assert len(decode(encode({Point(1), Point(2)}))) == 2


def test_a_named_tuple_is_a_tuple_with_names() -> None:
    back = decode(encode(Pair(0.5, [1, 2])))
    assert type(back) is RecordTuple
    assert back == (0.5, [1, 2])
    assert back.loss == back["loss"] == back[0] == 0.5
    loss, ids = back
    assert (loss, ids) == (back.loss, back.ids)
    assert back[1:] == ([1, 2],)
    assert (back._fields, back.type_name) == (("loss", "ids"), "Pair")
    top = decode(encode(torch.topk(torch.tensor([1.0, 3.0]), 1)))
    assert top.indices.tolist() == [1]
    values, _ = top
    assert values.tolist() == [3.0]


def test_what_has_no_such_field_says_so() -> None:
    record, pair = decode(encode([Point(1), Pair(0.5, [])]))
    with pytest.raises(AttributeError, match="Point has no field 'z'"):
        _ = record.z
    with pytest.raises(AttributeError, match="Pair has no field 'z'"):
        _ = pair.z
    with pytest.raises(KeyError):
        record["z"]
    with pytest.raises(KeyError):
        pair["z"]


#: What numpy, torch and copy ask an object for, and then believe.
SPECIAL = (
    *("__array_interface__", "__array_struct__", "__array__", "__array_ufunc__", "__dlpack__"),
    *("__cuda_array_interface__", "__torch_function__", "__deepcopy__", "__copy__"),
)


@pytest.mark.parametrize("name", SPECIAL)
def test_no_field_answers_for_a_special_name(name: str) -> None:
    record = decode(encode(Record("R", {name: [1], "x": 2})))
    named = decode(encode(RecordTuple("T", [name, "x"], [[1], 2])))
    for value in (record, named):
        assert (value[name], value.x) == ([1], 2)
        with pytest.raises(AttributeError, match=f"has no field '{name}'"):
            getattr(value, name)


def test_a_record_tells_numpy_of_no_memory() -> None:
    there = np.arange(4)
    place = {"data": (there.ctypes.data, True), "shape": (4,), "typestr": "<i8", "version": 3}
    assert np.array(Record("R", {"__array_interface__": place})).dtype == object
    told = RecordTuple("T", ["__array_interface__"], [place])
    assert np.array(told).dtype == object


@pytest.mark.parametrize("value", [Record("R", {"a": [1]}), RecordTuple("T", ["a"], [[1]])])
def test_records_are_copied_and_sent_again(value: Any) -> None:
    for made in (
        copy.copy(value),
        copy.deepcopy(value),
        pickle.loads(pickle.dumps(value)),
        decode(encode(value)),
    ):
        assert type(made) is type(value)
        assert (made, made.type_name, made.a) == (value, value.type_name, value.a)


def test_a_namespace_and_an_encoding_are_records() -> None:
    from transformers import BatchEncoding

    back = decode(encode(types.SimpleNamespace(a=1)))
    assert (back.type_name, back.a) == ("SimpleNamespace", 1)
    encoding = BatchEncoding({"input_ids": torch.tensor([[1, 2]])})
    back = decode(encode(encoding))
    assert back.type_name == "BatchEncoding"
    assert back.input_ids.tolist() == back["input_ids"].tolist() == [[1, 2]]
    # And as arguments: model(**back) takes it.
    assert list({**back}) == ["input_ids"]


def test_a_model_output_is_a_record_with_its_cache() -> None:
    from transformers import DynamicCache
    from transformers.modeling_outputs import CausalLMOutputWithPast

    cache = DynamicCache()
    for layer in range(2):
        cache.update(torch.full((1, 1, 2, 4), float(layer)), torch.ones(1, 1, 2, 4), layer)
    output = CausalLMOutputWithPast(logits=torch.ones(1, 2, 3))
    output["cache"] = cache
    back = decode(encode(output))
    assert back.type_name == "CausalLMOutputWithPast"
    assert back.logits.shape == back[0].shape == (1, 2, 3)
    assert len(back["cache"]) == 2
    for layer, (keys, values) in enumerate(back["cache"]):
        assert torch.equal(keys, torch.full((1, 1, 2, 4), float(layer)))
        assert values.shape == (1, 1, 2, 4)
    assert back["cache"][0].type_name == "DynamicLayer"
    assert torch.equal(back["cache"][1].keys, back["cache"][1]["keys"])


def test_every_kind_of_cache_that_holds_plain_tensors() -> None:
    from transformers import DynamicCache, EncoderDecoderCache, LlamaConfig, StaticCache

    config = LlamaConfig(num_hidden_layers=2, num_attention_heads=1, num_key_value_heads=1,
                         hidden_size=4)  # fmt: skip
    static = StaticCache(config=config, max_cache_len=3)
    one = torch.ones(1, 1, 1, 4)
    static.update(one, one, 0)
    back = decode(encode(static))
    assert len(back) == 2
    assert back[0].keys.shape == (1, 1, 3, 4)
    both = EncoderDecoderCache(DynamicCache(), DynamicCache())
    assert sorted(decode(encode(both))) == ["cross_attention_cache", "self_attention_cache"]


class Box:
    pass


def _generator() -> Any:
    yield 1


@pytest.mark.parametrize(
    ("value", "path", "said"),
    [
        (Run("a", [], best=Box()), "value.best", "@dataclass"),
        (Pair(0.5, [Box()]), "value[1][0]", "@dataclass"),  # type: ignore[list-item]
        ({"a": Carrier({"b": [print]})}, "value['a'].payload['b'][0]", "functions stay"),
        (types.SimpleNamespace(a=Box()), "value.a", "@dataclass"),
        (collections.deque([1, Box()]), "value[1]", "@dataclass"),
        ({"a": Box()}.values(), "value[0]", "@dataclass"),
        ([_generator()], "value[0]", "list(...)"),
        ([map(abs, [1])], "value[0]", "list(...)"),
        ([ValueError("x")], "value[0]", "type(error).__name__"),
        ([Box], "value[0]", "__name__"),
        ([types.MappingProxyType(collections.ChainMap())], "value[0]", "does not travel"),
        ([collections.ChainMap()], "value[0]", "dict(...)"),
        ([np.array([None])], "value[0]", "tolist()"),
        ([np.zeros(1, [("a", "i4")])], "value[0]", "x.dtype.names"),
        ([np.ma.masked_array([1], [True])], "value[0]", "filled()"),
        ([np.array(["", "a" * 100_000] + [""] * 1000)], "value[0]", "tolist()"),
        ([decimal.Decimal("1" * 20_000)], "value[0]", "characters"),
        ([fractions.Fraction(1, 2**70_000)], "value[0]", "bits"),
        ([...], "value[0]", "leave it out"),
    ],
    ids=lambda value: value if isinstance(value, str) else type(value).__name__,
)
def test_what_does_not_travel_is_named_with_its_place(value: Any, path: str, said: str) -> None:
    with pytest.raises(WireError) as caught:
        encode(value)
    assert caught.value.path == path
    assert said in str(caught.value)


def test_a_config_is_told_to_give_its_dict() -> None:
    from transformers import GenerationConfig, LlamaConfig

    for config in (LlamaConfig(), GenerationConfig()):
        with pytest.raises(WireError, match=r"x\.to_dict\(\)"):
            encode({"config": config})


RAN: list[str] = []


class _Spy(type):
    def __eq__(cls, other: object) -> bool:
        RAN.append("metaclass eq")
        return False

    def __hash__(cls) -> int:
        RAN.append("metaclass hash")
        return 1

    def __getattribute__(cls, name: str) -> Any:
        RAN.append(f"metaclass {name}")
        return super().__getattribute__(name)


def _spied(name: str) -> Any:
    def method(*_: Any, **__: Any) -> Any:
        RAN.append(name)
        raise AssertionError(name)

    return method


_METHODS = {
    name: _spied(name)
    for name in (
        "__eq__", "__hash__", "__iter__", "__len__", "__getitem__", "__getattribute__",
        "__str__", "__repr__", "__bool__", "__contains__", "__array__", "__reduce_ex__", "items",
        "keys", "values", "isoformat", "utcoffset", "as_integer_ratio", "tolist", "_asdict",
    )
}  # fmt: skip


def _hostile(base: type, *args: Any) -> Any:
    kind = _Spy("Hostile", (base,), dict(_METHODS))
    made = base.__new__(kind, *args)
    if base in (list, dict, set, bytearray, collections.deque):
        base.__init__(made, *args)
    return made


@pytest.mark.parametrize(
    ("base", "args", "expected"),
    [
        (dict, ({"a": 1},), {"a": 1}),
        (list, ([1],), [1]),
        (tuple, ([1],), (1,)),
        (set, ([1],), {1}),
        (frozenset, ([1],), frozenset({1})),
        (str, ("a",), "a"),
        (int, (5,), 5),
        (float, (0.5,), 0.5),
        (complex, (1j,), 1j),
        (bytes, (b"a",), b"a"),
        (bytearray, (b"a",), b"a"),
        (collections.deque, ([1],), [1]),
        (datetime.date, (2026, 1, 2), datetime.date(2026, 1, 2)),
        (datetime.datetime, (2026, 1, 2), datetime.datetime(2026, 1, 2)),
        (datetime.timedelta, (1,), datetime.timedelta(1)),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_nothing_of_a_subclass_runs(base: type, args: tuple[Any, ...], expected: Any) -> None:
    value = _hostile(base, *args)
    RAN.clear()
    data = encode([value])
    assert RAN == []
    assert decode(data) == [expected]


def test_nothing_of_an_own_class_runs_when_it_is_refused() -> None:
    value = _hostile(object)
    RAN.clear()
    with pytest.raises(WireError, match="Hostile does not travel"):
        encode({"a": [value]})
    assert RAN == []


def test_a_class_that_only_looks_like_a_dataclass_or_named_tuple() -> None:
    class Fake:
        __dataclass_fields__: typing.ClassVar[Any] = {"a": 1}

        @property
        def a(self) -> int:
            raise AssertionError

    class Lying(tuple):
        _fields = ("a", "a")

    class Short(tuple):
        _fields = ("a",)

    assert decode(encode(Fake())) == {}
    assert type(decode(encode(Lying((1, 2))))) is tuple
    assert type(decode(encode(Short((1, 2))))) is tuple


def test_a_zone_of_its_own_is_not_asked() -> None:
    class Zone(datetime.tzinfo):
        def utcoffset(self, when: object) -> Any:
            raise AssertionError

    for value in (datetime.datetime(2026, 1, 1, tzinfo=Zone()), datetime.time(1, tzinfo=Zone())):
        with pytest.raises(WireError, match="isoformat"):
            encode(value)


def test_the_values_of_a_named_tuple_are_masked_as_a_tuples_are() -> None:
    Ids = collections.namedtuple("Ids", "a b c")
    record = {"ids": Ids(7, 8, 9), "kept": Point(7, 8)}
    sent = joined(encode_parts(record, mask=Mask([7, 8])))
    assert len(sent) == len(encode(record))
    assert decode(sent)["ids"] == (-1, -1, 9)


def _packed(code: int, items: Any) -> bytes:
    data: bytes = msgpack.packb(msgpack.ExtType(code, encode(items)))
    return data


@pytest.mark.parametrize(
    "items",
    [
        ["range", 1, 2],
        ["range", 1, 2, 0],
        ["range", 1.0, 2, 1],
        ["slice"],
        ["datetime", "2026"],
        ["datetime", 5],
        ["date", "x" * 200],
        ["timedelta", 2**40, 0, 0],
        ["timedelta", 1.5, 0, 0],
        ["decimal", "x"],
        ["decimal", "1" * 20_000],
        ["decimal", 1.5],
        ["fraction", 1, 0],
        ["fraction", 1, 2**70_000],
        ["uuid", b"short"],
        ["torch.dtype", "Tensor"],
        ["torch.dtype", "load"],
        ["torch.dtype", "__class__"],
        ["torch.device", "nowhere"],
        ["numpy.dtype", "O"],
        ["numpy.dtype", "i4,i4"],
        ["numpy.dtype", "M8[s][s]"],
        ["numpy.time", "M", "fortnight", 1, np.int64(1)],
        ["numpy.time", "M", "s", 0, np.int64(1)],
        ["numpy.time", "M", "s", 1, np.float64(1)],
        ["numpy.time", "i", "s", 1, np.int64(1)],
        ["numpy.time", "M", "s", 1, 5],
        ["numpy.texts", False, [2], ["a"]],
        ["numpy.texts", False, [-1], []],
        ["numpy.texts", False, [1], [b"a"]],
        ["numpy.texts", 1, [1], ["a"]],
        ["numpy.texts", False, [2, 500], ["a" * 100_000] + [""] * 999],
        ["object"],
        [["range"]],
        [],
    ],
    ids=lambda items: str(items[0]) if items else "nothing",
)
def test_a_named_value_that_is_none_is_refused(items: list[Any]) -> None:
    with pytest.raises(WireError):
        decode(_packed(11, items))


@pytest.mark.parametrize("code", [9, 10])
def test_records_of_many_small_parts_are_refused_before_they_are_built(code: int) -> None:
    record = msgpack.packb(msgpack.ExtType(code, msgpack.packb(["R"])))
    count = 2 * FREE_BYTES // 640
    data = b"\xdd" + count.to_bytes(4, "big") + record * count
    assert len(data) * BYTES_PER_BYTE < 640 * count
    with pytest.raises(WireError, match="too many small parts"):
        decode(data)


def _equal(one: Any, other: Any) -> bool:
    if isinstance(other, torch.Tensor):
        return torch.equal(one, other)
    if isinstance(other, (np.ndarray, np.generic)):
        same = one.astype(str) == other.astype(str)  # NaT is like itself here
        return bool(np.all(same)) and one.dtype.kind == other.dtype.kind
    return bool(one == other)
