"""The text of the result: what is not edited stays to the byte."""

from __future__ import annotations

import ast
import inspect
from typing import Any

import pytest
from cloche import convert_technique_to_standalone as convert
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.client.convert.shapes import SHAPES
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
        volume = modal.Volume.from_name("v")

        # The backend.
        @app.cls(
            gpu="H100",
        )
        @modal.concurrent(max_inputs=2)
        class Backend:  # of ours
            """Reads the model."""

            LAYERS = (0, 1)  # which
            name: str = modal.parameter(default="gpt2")

            # Loads.
            @modal.enter()
            def load(self):
                """Loads."""
                volume.reload()
                tokenizer = AutoTokenizer.from_pretrained(self.name)
                tokenizer.pad_token = tokenizer.eos_token
                self.tokenizer = tokenizer
                self.model = AutoModelForCausalLM.from_pretrained(self.name).to("cuda")
                self.model.eval()
                self.seen = {}

            @modal.exit()
            def leave(self):
                volume.commit()

            # The entry.
            @modal.method()  # from outside
            @torch.no_grad()  # saves memory
            def top(self, text: str, *, k: int = 3) -> list[int]:
                """Returns the best.

                In detail.
                """
                self.seen[text] = k
                return [*self.logits.remote(text, scale = 2).topk( k )]   # odd spacing

            def logits(self, text, scale=1): return self.model(text) * scale
            # the end

        @app.function()
        def beside(x):
            return x

        @app.local_entrypoint()
        def main():
            print(Backend().top.remote("x"))

        LAST = LogitsProcessor
        ''')
    assert convert(source) == source_of('''
        # Copyright.
        """What this file is."""

        import torch
        from transformers import LogitsProcessor

        NAME = "gpt2"

        # The backend.
        class Backend:  # of ours
            """Reads the model."""

            LAYERS = (0, 1)  # which
            name: str = "gpt2"

            def __init__(self, model, tokenizer):
                self.model, self.tokenizer = model, tokenizer
                self.load()

            # Loads.
            def load(self):
                """Loads."""
                tokenizer = self.tokenizer
                tokenizer.pad_token = tokenizer.eos_token
                self.seen = {}

            # The entry.
            @torch.no_grad()  # saves memory
            def top(self, text: str, *, k: int = 3) -> list[int]:
                """Returns the best.

                In detail.
                """
                self.seen[text] = k
                return [*self.logits(text, scale = 2).topk( k )]   # odd spacing

            def logits(self, text, scale=1): return self.model(text) * scale
            # the end

        def beside(x):
            return x

        LAST = LogitsProcessor


        def top(model, tokenizer, /, *args, **kwargs):
            """Returns the best."""
            return Backend(model, tokenizer).top(*args, **kwargs)
        ''')


def test_functions_of_self() -> None:
    source = source_of('''
        def top(self, text: str, k=3):  # the best
            """Returns the best."""
            print(f"{self.model.config.vocab_size} words, {text!r}", self.device)
            return self._ids(text)[:k], _ids(self, text), self._ids

        def _ids(self, text): return self.tokenizer( text )
        ''')
    assert convert(source) == source_of('''
        def top(model, tokenizer, text: str, k=3):  # the best
            """Returns the best."""
            print(f"{model.config.vocab_size} words, {text!r}", model.device)
            return _ids(model, tokenizer, text)[:k], _ids(model, tokenizer, text), PASSED

        def _ids(model, tokenizer, text): return tokenizer( text )
        ''').replace("PASSED", "(lambda *args, **kwargs: _ids(model, tokenizer, *args, **kwargs))")


def test_a_name_that_is_taken_gets_an_underscore() -> None:
    source = "def f(self, model):\n    return self.model, model, self.tokenizer\n"
    assert convert(source) == (
        "def f(_model, tokenizer, model):\n    return _model, model, tokenizer\n"
    )


@pytest.mark.parametrize(
    ("init", "expected"),
    [
        (
            "def __init__(self, name):\n        self.model = M.from_pretrained(name)",
            (
                "def __init__(self, model, tokenizer, name=None):\n"
                "        self.model, self.tokenizer = model, tokenizer"
            ),
        ),
        (
            'def __init__(self, model="gpt2"): self.model = M.from_pretrained(model); self.n = 2',
            (
                'def __init__(self, _model, tokenizer, model="gpt2"): '
                "self.model, self.tokenizer = _model, tokenizer; pass; self.n = 2"
            ),
        ),
        (
            (
                "def __init__(self, *, k=2):\n        self.load()\n        self.k = k\n"
                "    def load(self):\n        self.model = M.from_pretrained()\n        self.n = 1"
            ),
            (
                "def __init__(self, model, tokenizer, *, k=2):\n"
                "        self.model, self.tokenizer = model, tokenizer\n"
                "        self.load()\n        self.k = k\n"
                "    def load(self):\n        self.n = 1"
            ),
        ),
        (
            (
                "def _load(self):\n        if self.model is None:\n"
                "            self.model = M.from_pretrained('x')\n"
                "    def use(self):\n        self._load()"
            ),
            (
                "def __init__(self, model, tokenizer):\n"
                "        self.model, self.tokenizer = model, tokenizer\n\n"
                "    def _load(self):\n        if self.model is None:\n            pass\n"
                "    def use(self):\n        self._load()"
            ),
        ),
        (
            "def __init__(self, net, tok, k=1):\n        self.model, self.tokenizer = net, tok",
            "def __init__(self, net, tok, k=1):\n        self.model, self.tokenizer = net, tok",
        ),
    ],
)
def test_how_the_object_is_made(init: str, expected: str) -> None:
    source = f"class B:\n    {init}\n    def f(self): return self.model\n"
    converted = convert(source)
    assert converted.startswith(f"class B:\n    {expected}\n    def f(self): return self.model\n")
    assert "    return B(model, tokenizer).f(*args, **kwargs)\n" in converted


def test_bases_of_the_source_and_of_others() -> None:
    source = source_of("""
        class Base:
            def __init__(self, name="gpt2"):
                self.model = M.from_pretrained(name)
                self.cache = {}
            def shared(self): return self.model

        class Lens(Base):
            def __init__(self, k=3):
                super().__init__("gpt2")
                self.k = k
            def run(self): return self.k

        class Probe(nn.Module):
            def probe(self): return self.model
        """)
    converted = convert(source)
    assert '        super().__init__(model, tokenizer, "gpt2")\n' in converted
    assert (
        "    def __init__(self, model, tokenizer):\n        super().__init__()\n"
        "        self.model, self.tokenizer = model, tokenizer\n"
    ) in converted
    made = [line.strip() for line in converted.splitlines() if "(*args, **kwargs)" in line]
    assert made == [
        "return Lens(model, tokenizer).shared(*args, **kwargs)",
        "return Lens(model, tokenizer).run(*args, **kwargs)",
        "return Probe(model, tokenizer).probe(*args, **kwargs)",
    ]


def test_a_dataclass_that_has_fields_for_both() -> None:
    source = source_of("""
        @dataclasses.dataclass
        class Lens:
            model: object
            tokenizer: object
            k: int = 3
            def run(self): return self.model, self.k
        """)
    assert convert(source) == source + source_of("""


        def run(model, tokenizer, /, *args, **kwargs):
            return Lens(model=model, tokenizer=tokenizer).run(*args, **kwargs)
        """).join(["\n\n", ""])


class _Backend:
    def norms(self: Any, text: str) -> Any:
        """The lengths."""
        return self.model(text)


def test_a_method_as_inspect_gives_it() -> None:
    assert convert(inspect.getsource(_Backend.norms)) == (
        'def norms(model, tokenizer, text: str) -> Any:\n    """The lengths."""\n'
        "    return model(text)\n"
    )


@pytest.mark.parametrize(
    "source",
    [
        "def f(model, tokenizer, x):\n    return x\n",
        "class A:\n    pass\n\ndef f(model, tokenizer):\n    return A()\n",
        "class A:\n    def g(self): return self.model\n\n\ndef f(model, tokenizer): return A()",
    ],
)
def test_what_needs_no_conversion_stays(source: str) -> None:
    assert convert(source) == source


@pytest.mark.parametrize("shape", SHAPES, ids=[shape.name for shape in SHAPES])
def test_other_line_ends_and_a_second_time(shape: Any) -> None:
    converted = convert(shape.source)
    assert convert(converted) == converted
    windows = convert(shape.source.replace("\n", "\r\n"))
    assert windows.replace("\r\n", "\n") == converted
    assert windows.count("\n") == windows.count("\r\n")


@settings(max_examples=50, deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), max_size=20))
def test_any_text_around_stays(text: str) -> None:
    literal = ascii(text) if "'" in text or "\\" in text else f"'{text}'"
    source = f"A = {literal}  # {text}\nclass B:\n    def f(self): return self.model, {literal}\n"
    converted = convert(source)
    assert converted.startswith(f"A = {literal}  # {text}\nclass B:\n")
    assert f"    def f(self): return self.model, {literal}\n" in converted
    ast.parse(converted)
