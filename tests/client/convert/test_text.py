"""The text of the result: comments and formatting stay as they are."""

from __future__ import annotations

import ast
import inspect
from typing import Any

import pytest
from cloche import ConversionError
from cloche import convert_technique_to_standalone as convert
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.client.convert.support import source_of


def test_a_class_of_modals() -> None:
    source = source_of('''
        # Copyright.
        """What this file is."""

        import modal
        import torch
        from transformers import AutoModelForCausalLM, LogitsProcessor, AutoTokenizer

        NAME = "gpt2"
        app = modal.App("lens")  # the app

        SCALE = 2  # twice


        # The backend.
        @app.cls(
            gpu="H100",
        )
        class Backend:  # of ours
            """Reads the model.

            In detail.
            """

            LAYERS = (0, 1)  # which

            # Loads.
            @modal.enter()
            def load(self):
                self.model = AutoModelForCausalLM.from_pretrained(NAME)
                self.tokenizer = AutoTokenizer.from_pretrained(NAME)

            # The entry.
            @modal.method()  # from outside
            @torch.no_grad()  # saves memory
            def top(
                self,
                text: str,
                *,
                k: int = 3,  # how many
            ) -> list[int]:
                """Returns the best.

                Args:
                    text: some.
                """
                model = self.model  # short
                # Then read.
                logits = self.logits(
                    text,
                    scale = SCALE,
                )

                return [model.config.vocab_size,
                        *logits.topk( k )]   # odd spacing

            def logits(self, text, scale=1): return self.model(text) * scale
            # the end

        LAST = LogitsProcessor
        ''')
    assert convert(source) == source_of('''
        # Copyright.
        """What this file is."""

        import torch
        from transformers import LogitsProcessor

        SCALE = 2  # twice


        # The backend.
        # of ours
        """Reads the model.

        In detail.
        """

        LAYERS = (0, 1)  # which


        # The entry.
        @torch.no_grad()  # saves memory
        def top(
            model,
            tokenizer,
            text: str,
            *,
            k: int = 3,  # how many
        ) -> list[int]:
            """Returns the best.

            Args:
                text: some.
            """
            # short
            # Then read.
            logits = _logits(
                model, tokenizer, text,
                scale = SCALE,
            )

            return [model.config.vocab_size,
                    *logits.topk( k )]   # odd spacing


        def _logits(model, tokenizer, text, scale=1): return model(text) * scale
        # the end

        LAST = LogitsProcessor
        ''')


def test_functools_where_it_belongs() -> None:
    source = source_of('''
        """Doc."""
        from __future__ import annotations

        import torch

        class Lens:
            def run(self, xs):
                return map(self.one, xs), (self.tokenizer), not(self.model)

            def one(self, x):
                return sum(self.one(y) for y in x) or self.one(y for y in x)
        ''')
    assert convert(source) == source_of('''
        """Doc."""
        from __future__ import annotations

        import functools
        import torch


        def run(model, tokenizer, xs):
            return map(functools.partial(one, model, tokenizer), xs), (tokenizer), not(model)


        def one(model, tokenizer, x):
            return sum(one(model, tokenizer, y) for y in x) or one(model, tokenizer, (y for y in x))
        ''')


def test_aliases_and_new_names() -> None:
    source = source_of("""
        class Lens:
            def logits(self, model):
                return self.model, model

            def best(self, text):
                logits = self.logits(text)
                return logits
        """)
    assert convert(source) == source_of("""
        def logits(_model, tokenizer, model):
            return _model, model


        # Where logits is a local variable.
        _logits = logits


        def best(model, tokenizer, text):
            logits = _logits(model, tokenizer, text)
            return logits
        """)


def test_line_ends_and_tabs() -> None:
    source = "class A:\r\n\tdef f(self):\r\n\t\treturn self.model\r\n"
    assert convert(source) == "def f(model, tokenizer):\r\n\treturn model\r\n"


class _Backend:
    model: Any
    tokenizer: Any

    def ids(self, text: str) -> Any:
        """Token ids.

        As a list.
        """
        return self.tokenizer(text)["input_ids"]


def test_source_of_a_method() -> None:
    assert convert(inspect.getsource(_Backend.ids)) == source_of('''
        def ids(model, tokenizer, text: str) -> Any:
            """Token ids.

            As a list.
            """
            return tokenizer(text)["input_ids"]
        ''')


@pytest.mark.parametrize(
    "source",
    [
        "def f(model, tokenizer, x):\n    return x   # odd\n",
        "import modal\n\ndef f(model, tokenizer):\n\treturn 1",
        (
            "import types\ndef forward(self, x): return x\n"
            "def f(model, tokenizer):\n    model.forward = types.MethodType(forward, model)\n"
        ),
        (
            "class P:\n    def __init__(self, model): self.model = model\n"
            "    def go(self): return self.model\n"
            "def f(model, tokenizer): return P(model).go()\n"
        ),
    ],
)
def test_standalone_source_is_left_alone(source: str) -> None:
    assert convert(source) is source


_NAMES = st.sampled_from(["model", "tokenizer", "x", "helper", "len", "functools", "K", "_f"])
_EXPRESSIONS = st.recursive(
    st.one_of(
        st.sampled_from(
            ["self.model", "self.tokenizer", "self.K", "self.device", "self.helper", "1", "B.K"]
        ),
        _NAMES,
    ),
    lambda inner: st.one_of(
        st.builds("({}, {})".format, inner, inner),
        st.builds("self.helper({})".format, inner),
        st.builds("{}.attr".format, inner.filter(lambda text: not text[0].isdigit())),
        st.builds("[{} for {} in {}]".format, inner, _NAMES, inner),
        st.builds("(lambda {}: {})".format, _NAMES, inner),
        st.builds("({} := {})".format, _NAMES, inner),
        st.builds("self.helper(*{}, k={})".format, inner, inner),
    ),
    max_leaves=8,
)


class _Tracer:
    """A model, a tokenizer, a device: says what was asked of it."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __getattr__(self, name: str) -> _Tracer:
        return _Tracer(f"{self.name}.{name}")

    def __repr__(self) -> str:
        return self.name

    def __iter__(self) -> Any:
        return iter([1, 2])


def _shown(value: object) -> str:
    if callable(value):
        return "callable"
    if isinstance(value, (list, tuple)):
        return f"{type(value).__name__}({', '.join(map(_shown, value))})"
    return repr(value)


def _outcome(call: Any) -> str:
    try:
        return _shown(call())
    except (NameError, TypeError, AttributeError):
        return "failed"  # a star-argument decides which of two errors comes first


@settings(deadline=None, max_examples=50)
@given(_NAMES, st.lists(st.tuples(_NAMES, _EXPRESSIONS), max_size=3), _EXPRESSIONS)
def test_any_expression_means_the_same(
    parameter: str, assignments: list[tuple[str, str]], result: str
) -> None:
    """Whatever names the method uses: the values are those of the method."""
    lines = "".join(f"        {name} = {value}\n" for name, value in assignments)
    source = (
        "class B:\n    K = (3, 4)\n    device = None\n"
        f"    def f(self, {parameter}=5):\n{lines}        return {result}\n"
        "    def helper(self, *a, k=0):\n        return [self.model, self.tokenizer, a, k]\n"
    )
    try:
        ast.parse(source)
        compile(source, "<source>", "exec")
    except SyntaxError:
        return
    original: dict[str, Any] = {}
    exec(source, original)
    made = original["B"]()
    made.model, made.tokenizer = _Tracer("M"), _Tracer("T")
    made.device = _Tracer("M.device")
    converted: dict[str, Any] = {}
    try:
        text = convert(source)
    except ConversionError as error:
        # A global that nothing defines, named like a method.
        assert "is a name of something else" in str(error)  # noqa: PT017
        return
    exec(text, converted)
    assert convert(text) == text
    after = _outcome(lambda: converted["f"](_Tracer("M"), _Tracer("T")))
    assert after == _outcome(lambda: made.f())
