"""Techniques as people write them: (class, method, arguments) and the source."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tests.client.convert.support import source_of


@dataclass(frozen=True)
class Shape:
    """`function` is the name after the conversion; `public` all that are entry points then."""

    name: str
    source: str
    class_name: str
    method: str
    args: tuple[Any, ...] = ("The capital of France is",)
    kwargs: dict[str, Any] = field(default_factory=dict)
    function: str = ""
    public: tuple[str, ...] = ()

    @property
    def entry(self) -> str:
        return self.function or self.method


def _shape(name: str, class_name: str, method: str, source: str, *args: Any, **more: Any) -> Shape:
    given = {"args": args} if args else {}
    return Shape(name, source_of(source), class_name, method, **given, **more)


SHAPES = [
    _shape("modal-class", "Backend", "top", """
        import modal
        import torch

        app = modal.App("lens")
        image = modal.Image.debian_slim().pip_install("torch")

        @app.cls(gpu="H100", image=image)
        class Backend:
            @modal.enter()
            def load(self):
                self.model = 1
                self.tokenizer = 2

            @modal.method()
            @torch.no_grad()
            def top(self, text, k=3):
                return self.logits(text).topk(k).indices

            def logits(self, text):
                ids = self.tokenizer(text, return_tensors="pt")
                return self.model(**ids).logits[0, -1]

        @app.local_entrypoint()
        def main():
            print(Backend().top.remote("x"))
        """, kwargs={"k": 2}),
    _shape("modal-names-imported", "Backend", "tokens", """
        from modal import App, enter, method

        app = App()

        @app.cls()
        class Backend:
            @enter()
            def load(self): self.tokenizer = None

            @method()
            def tokens(self, text): return self.tokenizer(text)["input_ids"]
        """),
    _shape("image-imports", "Backend", "probs", """
        import modal

        image = modal.Image.debian_slim()

        with image.imports():
            import torch
            import numpy as np

        @modal.App.cls(image=image)
        class Backend:
            @modal.method()
            def probs(self, text):
                ids = self.tokenizer(text, return_tensors="pt")["input_ids"]
                with torch.no_grad():
                    return float(np.exp(self.model(ids).logits[0, -1].log_softmax(-1).max()))
        """),
    _shape("bare-function", "", "count", """
        def count(self, text, factor=2):
            return len(self.tokenizer(text)["input_ids"]) * factor
        """),
    _shape("bare-functions-call-each-other", "", "outer", """
        def _inner(self, text):
            return self.tokenizer(text)["input_ids"]

        def outer(self, text):
            return self._inner(text), _inner(self, text)
        """),
    _shape("plain-class", "Lens", "run", """
        class Lens:
            def __init__(self, model, tokenizer):
                self.model = model
                self.tokenizer = tokenizer

            def run(self, text):
                return self.tokenizer(text)["input_ids"]
        """),
    _shape("local-called-model", "Lens", "run", """
        import torch

        class Lens:
            def run(self, text):
                model, tokenizer = self.model, self.tokenizer
                ids = tokenizer(text, return_tensors="pt")["input_ids"]

                def inner():
                    return model(ids).logits
                with torch.no_grad():
                    return inner().argmax(-1), self.model.config.vocab_size
        """),
    _shape("local-called-model-with-something-else", "Lens", "run", """
        import copy

        class Lens:
            def run(self, text):
                model = copy.copy([self.model.config.vocab_size])
                tokenizer = self.tokenizer
                del tokenizer
                ids = self.tokenizer(text)["input_ids"]
                return model, self.model.config.hidden_size, ids
        """),
    _shape("argument-called-model", "Lens", "run", """
        class Lens:
            def run(self, model, *, tokenizer="t"):
                return model, tokenizer, self.model.config.vocab_size, self.helper(model)

            def helper(self, tokenizer):
                return self.tokenizer(tokenizer)["input_ids"]
        """, "hello", kwargs={"tokenizer": "u"}, public=("run", "helper")),
    _shape("lambda-argument-called-model", "Lens", "run", """
        class Lens:
            def run(self, xs):
                twice = lambda model: (model, self.model.config.vocab_size)
                ids = [self.tokenizer(tokenizer)["input_ids"] for tokenizer in ["a"]]
                return [twice(x) for x in xs] + ids
        """, [1, 2]),
    _shape("global-called-model", "Lens", "run", """
        model = "gpt2"

        class Lens:
            def run(self, text):
                return model, self.model.config.vocab_size
        """),
    _shape("recursion", "Lens", "down", """
        class Lens:
            def down(self, n):
                return [n] + self.down(n - 1) if n else [self.model.config.vocab_size]
        """, 3),
    _shape("method-as-value", "Lens", "run", """
        class Lens:
            def run(self, texts):
                count = self.count
                return sorted(texts, key=self.count), list(map(count, texts)), count("a", times=2)

            def count(self, text, times=1):
                return len(self.tokenizer(text)["input_ids"]) * times
        """, ["a longer text", "b", "some words"], public=("run", "count")),
    _shape("hook", "Lens", "run", """
        import torch

        class Lens:
            @torch.no_grad()
            def run(self, text, layer=1):
                kept = []

                def hook(module, args, output):
                    first = output[0] if isinstance(output, tuple) else output
                    kept.append((layer, self._norm(first)))

                handle = self.model.model.layers[layer].register_forward_hook(hook)
                try:
                    self.model(**self.tokenizer(text, return_tensors="pt"))
                finally:
                    handle.remove()
                return kept

            def _norm(self, stream):
                return round(float(stream[0, -1].norm()) / self.model.config.hidden_size, 4)
        """),
    _shape("static-class-property", "Lens", "run", """
        class Lens:
            SCALE = 3

            @staticmethod
            def double(x):
                return 2 * x

            @classmethod
            def scaled(cls, x):
                return cls.SCALE * cls.double(x)

            @property
            def depth(self):
                return len(self.model.model.layers)

            def run(self, x):
                by_name = Lens.double(x), Lens.scaled(x)
                return self.double(x), self.scaled(x), by_name, self.depth + 1
        """, 5),
    Shape("cached-property", source_of("""
        from functools import cached_property

        class Lens:
            @cached_property
            def words(self):
                return sorted(self.tokenizer.get_vocab())[:5]

            def run(self):
                return self.words is self.words, self.words
        """), "Lens", "run", ()),
    _shape("constants", "Lens", "run", """
        class Lens:
            LAYERS = (0, 1)
            SCALES: dict[str, float] = {"a": 0.5}
            FIRST, LAST = LAYERS

            def run(self, text, layers=LAYERS, k=LAST):
                ends = type(self).FIRST, self.__class__.LAST
                return self.LAYERS, Lens.SCALES["a"], ends, layers, k
        """),
    _shape("constant-beside-its-namesakes", "Lens", "run", """
        LAYERS = "module's"

        class Lens:
            LAYERS = (0, 1)
            K = 4

            def run(self, text, layers=LAYERS):
                K = self.K + 1
                return LAYERS, self.LAYERS, layers, K, self.K
        """),
    _shape("class-in-class", "Lens", "run", """
        class Lens:
            class Row:
                def __init__(self, token):
                    self.token = token

                def twice(self):
                    return [self.token] * 2

            def run(self, text):
                return [self.Row(t).twice() for t in self.tokenizer(text)["input_ids"]]
        """),
    _shape("other-classes-stay", "Lens", "run", """
        import torch

        class Catcher:
            def __init__(self, model):
                self.model = model
                self.seen = []

            def __enter__(self):
                self.handle = self.model.lm_head.register_forward_hook(
                    lambda m, a, out: self.seen.append(tuple(out.shape)))
                return self

            def __exit__(self, *details):
                self.handle.remove()

        class Lens:
            def run(self, text):
                with Catcher(self.model) as catcher, torch.no_grad():
                    self.model(**self.tokenizer(text, return_tensors="pt"))
                return catcher.seen
        """),
    _shape("derived", "Lens", "run", """
        from transformers import AutoModelForCausalLM, AutoTokenizer

        class Lens:
            depth = None

            def load(self):
                self.tokenizer = AutoTokenizer.from_pretrained(MODEL)
                self.model = AutoModelForCausalLM.from_pretrained(MODEL).to("cpu")
                self.model.eval()
                self.device = "cpu"
                self.layers = self.model.model.layers
                self.depth = len(self.layers)
                self.middle = self.depth // 2
                self.top_k = 5
                self.first = next(self.model.parameters()).shape[0]

            def run(self, text):
                ids = self.tokenizer(text, return_tensors="pt")["input_ids"].to(self.device)
                return ids, self.depth, -self.middle ** 2, self.top_k, self.first
        """),
    _shape("derived-in-init", "Lens", "run", """
        class Lens:
            def __init__(self, model, tokenizer):
                self.model = model
                self.tokenizer = tokenizer
                self.eos = tokenizer.eos_token_id
                self.size = model.config.hidden_size * 2

            def run(self, text):
                return self.eos, self.size, self.size.bit_length()
        """),
    _shape("other-names", "Lens", "run", """
        from transformers import AutoModelForCausalLM, AutoTokenizer

        class Lens:
            def __init__(self):
                self.tok = AutoTokenizer.from_pretrained(MODEL)
                self.lm = AutoModelForCausalLM.from_pretrained(MODEL).eval()

            def run(self, text):
                return self.tok(text)["input_ids"], self.lm.config.vocab_size
        """),
    _shape("star-arguments", "Lens", "run", """
        class Lens:
            def run(self, first, /, second=2, *rest, only, other=4, **more):
                return first, second, rest, only, other, more, self._inner(*rest, **more)

            def _inner(self, *args, **kwargs):
                return args, kwargs, self.model.config.vocab_size
        """, 1, 2, 3, kwargs={"only": 5, "x": 6}),
    _shape("position-only-self", "Lens", "run", """
        class Lens:
            def run(self, /, text: "str" = "x", *, k: int = 2) -> "list[int]":
                return self.tokenizer(text)["input_ids"][:k]
        """),
    _shape("comprehensions-and-conditions", "Lens", "run", """
        class Lens:
            def run(self, text):
                ids = self.tokenizer(text)["input_ids"]
                bos = self.tokenizer.bos_token_id
                words = {i: self.tokenizer.decode([i]) for i in ids if i != bos}
                if (n := len(self.tokenizer)) > 3 and not self._is_odd(n):
                    n = [self._is_odd(j) for j in range(3)]
                return words, n, sum(self._is_odd(i) for i in ids), f"{self._is_odd(3)!r:>6}"

            def _is_odd(self, n): return n % 2 == 1 and self.model is not None
        """),
    _shape("method-named-like-a-local", "Lens", "scores", """
        import torch

        class Lens:
            def logits(self, text):
                with torch.no_grad():
                    return self.model(**self.tokenizer(text, return_tensors="pt")).logits[0, -1]

            def scores(self, text):
                logits = self.logits(text)
                return logits.topk(2).indices
        """, public=("logits", "scores")),
    _shape("module-function-beside", "Lens", "run", """
        import torch

        def softmax(x):
            return torch.softmax(x, dim=-1)

        def entropy(x):
            p = softmax(x)
            return -(p * p.log()).sum()

        class Lens:
            @torch.no_grad()
            def run(self, text):
                ids = self.tokenizer(text, return_tensors="pt")
                return entropy(self.model(**ids).logits[0, -1]), softmax(torch.ones(2))
        """),
    _shape("generator", "Lens", "run", """
        class Lens:
            def run(self, text):
                return [*self._pieces(text)]

            def _pieces(self, text):
                for i in self.tokenizer(text)["input_ids"]:
                    yield self.tokenizer.decode([i])
        """),
    _shape("context-manager", "Lens", "run", """
        from contextlib import contextmanager

        class Lens:
            @contextmanager
            def _padding(self, side):
                before = self.tokenizer.padding_side
                self.tokenizer.padding_side = side
                try:
                    yield side
                finally:
                    self.tokenizer.padding_side = before

            def run(self, texts):
                with self._padding("right") as side:
                    return side, self.tokenizer(texts, padding=True)["input_ids"]
        """, ["a", "a longer one"]),
    _shape("lru-cache", "Lens", "run", """
        from functools import lru_cache

        class Lens:
            @lru_cache(maxsize=None)
            def _count(self, text):
                return len(self.tokenizer(text)["input_ids"])

            def run(self, text):
                first = self._count(text), self._count(text)
                return first, Lens._count.cache_info().hits
        """),
    _shape("own-decorator", "Lens", "run", """
        import functools

        def doubled(function):
            @functools.wraps(function)
            def wrapper(*args, **kwargs):
                return [function(*args, **kwargs)] * 2
            return wrapper

        class Lens:
            @doubled
            def run(self, text):
                return self.tokenizer(text)["input_ids"]
        """),
    _shape("callable-class", "LogitLens", "__call__", """
        class LogitLens:
            def __call__(self, text, deep=True):
                return [self(text, deep=False)] if deep else self.tokenizer(text)["input_ids"]
        """, function="logit_lens"),
    _shape("nested-class-with-its-own-self", "Lens", "run", """
        class Lens:
            def run(self, text):
                outer = self.model.config.vocab_size

                class Row:
                    size = self.model.config.hidden_size

                    def __init__(self, x):
                        super().__init__()
                        self.x = x

                    def both(self):
                        return self.x, outer
                return Row(text).both(), Row.size
        """),
    _shape("explicit-self", "Lens", "run", """
        class Lens:
            def run(self, text):
                return Lens.ids(self, text)

            def ids(self, text):
                return self.tokenizer(text)["input_ids"]
        """, public=("run", "ids")),
    _shape("two-underscores", "Lens", "run", """
        class Lens:
            __K = 2

            def run(self, text):
                return self.__ids(text)[: self.__K]

            def __ids(self, text):
                return self.tokenizer(text)["input_ids"]
        """),
    _shape("modal-calls", "Backend", "run", """
        import modal

        class Backend:
            @modal.method()
            def run(self, text):
                return self.ids(text)

            @modal.method()
            def ids(self, text):
                return self.tokenizer(text)["input_ids"]
        """, public=("run", "ids")),
    _shape("match-and-walrus", "Lens", "run", """
        class Lens:
            def run(self, request):
                match request:
                    case {"text": text, "k": int(k)} if (ids := self.tokenizer(text)["input_ids"]):
                        return ids[:k]
                    case [model, *tokenizer]:
                        return model, tokenizer, self.model.config.vocab_size
        """, ["a", "b", "c"]),
    _shape("semicolons-and-one-liners", "Lens", "run", """
        class Lens:
            A = 1; B = 2
            def run(self, text): x = self.A; return x + self.B, self.tokenizer(text).input_ids
        """),
    _shape("other-name-for-self", "Lens", "run", """
        class Lens:
            def run(this, text):
                self = this.tokenizer(text)["input_ids"]
                return self
        """),
    _shape("future-annotations", "Lens", "run", '''
        """What this is."""
        from __future__ import annotations

        class Lens:
            """Reads."""

            def run(self, text: Text) -> Row:
                """Runs.

                    Indented.
                """
                picked = map(self._id, [1])
                return list(picked), self.run.__doc__ is not None

            def _id(self, x): return x
        ''', public=("run",)),
]  # fmt: skip
