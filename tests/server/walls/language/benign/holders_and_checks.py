"""What scripts set up around the work: namespaces, signatures, dispatch, warnings, tracebacks."""

import contextlib
import gc
import inspect
import io
import os
import sys
import traceback
import types
import warnings
from functools import singledispatch
from types import MappingProxyType, SimpleNamespace
from typing import TypedDict

SETTINGS = SimpleNamespace(layer=1, heads=(0, 1))
FIXED = MappingProxyType({"layer": 1})


class Row(TypedDict):
    layer: int
    score: float


class Loose(TypedDict, total=False):
    note: str


@singledispatch
def show(value):
    return f"object {value!r}"


@show.register(int)
@show.register(bool)
def _(value):
    return f"number {value}"


@show.register
def _(value: list, sep=","):
    return sep.join(show(each) for each in value)


class Base:
    pass


class Derived(Base):
    pass


@show.register(Base)
def _(value):
    return "base"


def scored(a, b=2, *rest, key: int = 3, **options) -> float:
    """Scores.

    More.
    """
    return a


class Probe:
    def __init__(self, width, depth=2):
        self.width = width

    def __call__(self, x, *, scale=1.0):
        return x

    def fit(self, data, /, epochs=1):
        return data


def signatures(model):
    found = inspect.signature(scored)
    bound = found.bind(1, 5, 6, key=7, other=8)
    return [
        str(found),
        list(found.parameters),
        found.parameters["b"].default,
        found.parameters["a"].default is inspect.Parameter.empty,
        found.parameters["rest"].kind == inspect.Parameter.VAR_POSITIONAL,
        found.parameters["key"].kind.name,
        found.return_annotation is float,
        dict(bound.arguments),
        bound.args,
        bound.kwargs,
        str(inspect.signature(Probe)),
        str(inspect.signature(Probe(1))),
        str(inspect.signature(Probe(1).fit)),
        str(inspect.signature(lambda a, /, b, *, c: 0)),
        "input_ids" in inspect.signature(model.forward).parameters,
        "attention_mask" in inspect.signature(model.forward).parameters,
        inspect.isfunction(scored),
        inspect.isclass(Probe),
        inspect.isfunction(3),
        inspect.getdoc(scored),
    ]


def warned():
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        warnings.warn("first", stacklevel=2)
        warnings.warn("second", DeprecationWarning, stacklevel=2)
    seen = [(str(each.message), each.category.__name__) for each in caught]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            warnings.warn("third", RuntimeWarning, stacklevel=2)
        except RuntimeWarning as error:
            seen.append(str(error))
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="qu", category=UserWarning)
        warnings.warn("quiet", stacklevel=2)
    return seen


def traced():
    try:
        {}["missing"]
    except KeyError as error:
        text = traceback.format_exc()
        whole = "".join(traceback.format_exception(error))
        last = traceback.format_exception_only(error)
        out = io.StringIO()
        traceback.print_exc(file=out)
    return ["Traceback" in text, "KeyError" in whole, len(last), "KeyError" in out.getvalue()]


def redirected():
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        print("inside", 3)
        with contextlib.redirect_stdout(sys.stderr):
            pass
        print("again")
    return out.getvalue()


def technique(model, tokenizer):
    local = SimpleNamespace(a=1, b=[2])
    local.c = 3
    del local.a
    try:
        FIXED["layer"] = 2
        changed = True
    except TypeError:
        changed = False
    print("to stderr", file=sys.stderr)
    sys.stdout.write("to stdout\n")
    sys.stdout.flush()
    os.environ["TOKENIZERS_PARALLELISM"] = "false"
    return {
        "namespace": [
            SETTINGS.layer,
            repr(local),
            local == SimpleNamespace(b=[2], c=3),
            vars(local),
        ],
        "proxy": [
            FIXED["layer"],
            dict(FIXED),
            len(FIXED),
            "layer" in FIXED,
            changed,
            FIXED | {"b": 2},
        ],
        "typed": [Row(layer=1, score=0.5), type(Row(layer=1, score=0.5)) is dict, Loose()],
        "dispatch": [
            show(1),
            show(True),
            show([1, "a"]),
            show(None),
            show(Derived()),
            show.dispatch(int)(4),
        ],
        "signatures": signatures(model),
        "warned": warned(),
        "traced": traced(),
        "redirected": redirected(),
        "gc": [gc.collect() >= 0, gc.isenabled()],
        "kinds": [isinstance(scored, types.FunctionType), isinstance(len, types.FunctionType)],
        "environment": [os.environ.get("TOKENIZERS_PARALLELISM"), os.getenv("NO_SUCH_THING", "x")],
        "python": [
            sys.version_info >= (3, 11),
            sys.version_info.major,
            sys.maxsize > 1,
            sys.float_info.epsilon,
        ],
    }
