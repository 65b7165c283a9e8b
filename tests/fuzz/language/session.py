"""One program, statement by statement, in this very process; meant for a fork of it."""

from __future__ import annotations

import ast
import collections
import gc
import importlib
import sys
import warnings
from dataclasses import dataclass, field
from random import Random
from typing import Any

import torch
from cloche_server.walls.language import (
    AccessRefused,
    LanguageWall,
    PolicyViolation,
    compile_technique,
)
from cloche_server.walls.language.rewriting.sealing import ENTER
from cloche_server.walls.language.tables.modules import IMPORTABLE

from .judge import Judge, guards_of, namespaces_of_modules, own_function
from .maker import Learned, Maker, statements_of
from .watch import install
from .words import FILENAME

PREAMBLE = """
import {modules}
x = torch.ones(2, 3)
ids = torch.tensor([[2, 3, 2]])
arr = numpy.ones((2, 3))
layer = torch.nn.Linear(3, 3)
class Own:
    def __init__(self, *a, **k):
        observe(a)
        self.a = 1
    def m(self, *a):
        observe(a)
        return self
class self_made(str):
    def __eq__(self, other):
        observe(other)
        return True
    def __hash__(self):
        return hash("a")
def own(*a, **k):
    observe(a)
    observe(k)
    return a[0] if a else None
def gen(*a):
    got = yield 1
    observe(got)
    yield a
def yielder(v):
    return [*(y for y in (v,))]
obj = Own()
"""
FIRST = ("torch", "numpy", "model", "tokenizer", "x", "ids", "arr", "layer", "Own", "own", "obj")


@dataclass
class Exhibits:
    model: Any
    tokenizer: Any


@dataclass
class Outcome:
    """What a program did. `findings` are pairs of a reason and the statement it came with."""

    findings: list[tuple[str, str]] = field(default_factory=list)
    statements: collections.Counter[str] = field(default_factory=collections.Counter)
    refusals: collections.Counter[str] = field(default_factory=collections.Counter)
    nodes: collections.Counter[str] = field(default_factory=collections.Counter)
    census: collections.Counter[str] = field(default_factory=collections.Counter)
    members: set[int] = field(default_factory=set)
    learned: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)


class Session:
    """Holds: one call's namespace and its observers. Ends: with the process."""

    def __init__(self, wall: LanguageWall, exhibits: Exhibits) -> None:
        warnings.simplefilter("ignore")
        self.outcome = Outcome()
        self._now = ""
        self._running = False
        self.namespace = wall.namespace(write=self._printed, progress=lambda *report: None)
        self._entry = self.namespace["__builtins__"][ENTER]
        self.catalogue = guards_of(self.namespace).catalogue
        self._judge = Judge(self.namespace, [exhibits.model, exhibits.tokenizer])
        self._switch = install(self._found)
        judge = self.judge

        def observe(value):  # type: ignore[no-untyped-def]
            judge(value)
            return value

        self.namespace["observe"] = own_function(observe, self.namespace)
        self.namespace["model"] = exhibits.model
        self.namespace["tokenizer"] = exhibits.tokenizer

    def judge(self, value: object) -> None:
        if not self._running:
            return  # what this process itself set off, between two statements
        self._switch(False)
        try:
            found = self._judge.judge(value)
            if found is not None:
                self._found(found)
        finally:
            self._switch(True)

    def _found(self, reason: str) -> None:
        self.outcome.findings.append((reason, self._now))

    def _printed(self, text: str) -> None:
        self.judge(text)

    def run(self, source: str) -> str:
        """Compiles and runs one statement. Returns what became of it."""
        self._now = source
        self.namespace["__builtins__"][ENTER] = self._entry  # one statement after another
        try:
            compiled = compile_technique(source, FILENAME)
        except PolicyViolation as violation:
            self.outcome.refusals.update(each.code for each in violation.diagnostics)
            return "not compiled"
        self._running = True
        self._switch(True)
        try:
            exec(compiled.code, self.namespace)
            return "ran"
        except AccessRefused as refusal:
            self.outcome.refusals[refusal.code] += 1
            self.judge(refusal)
            return "refused"
        except BaseException as error:
            self.judge(error)
            return f"raised {type(error).__name__}"
        finally:
            self._running = False
            self._switch(False)

    def look_around(self) -> None:
        """Judges every variable once more."""
        last = self._now
        for name, value in list(self.namespace.items()):
            # The wall's own temporaries begin with a space: no source can name them.
            if name in ("__builtins__", "observe", "model", "tokenizer") or name[0] == " ":
                continue
            found = self._judge.judge(value)
            if found is not None:
                self._now = f"{name}, after: {last}"
                self._found(found)

    def finish(self) -> Outcome:
        self.outcome.census = self._judge.census
        self.outcome.members = self._judge.members
        return self.outcome


def live(
    wall: LanguageWall, exhibits: Exhibits, seed: int, length: int, learned: Learned, note: Any
) -> Outcome:
    """Makes and runs `length` statements. `note` is told each before it runs."""
    session = Session(wall, exhibits)
    preamble = PREAMBLE.format(modules=", ".join(IMPORTABLE))
    note(preamble)
    status = session.run(preamble)
    assert status == "ran", status
    maker = Maker(Random(seed), session.namespace, session.catalogue, learned)
    maker.adopt(*FIRST)
    outcome = session.outcome
    for _ in range(length):
        for source in statements_of(maker.statement()):
            note(source)
            with_nodes(outcome.nodes, source)
            status = session.run(source)
            outcome.statements[status.split()[0]] += 1
            if status == "ran":
                outcome.learned += maker.calls
        if len(outcome.findings) > 8:
            break
    gc.collect()
    session.look_around()
    return session.finish()


def replay(wall: LanguageWall, exhibits: Exhibits, statements: list[str]) -> Outcome:
    session = Session(wall, exhibits)
    for source in statements:
        session.outcome.statements[session.run(source).split()[0]] += 1
        session.look_around()
    return session.finish()


def with_nodes(nodes: collections.Counter[str], source: str) -> None:
    try:
        nodes.update(type(each).__name__ for each in ast.walk(ast.parse(source)))
    except (SyntaxError, ValueError):
        nodes["(not Python)"] += 1


def make_exhibits() -> Exhibits:
    """A tiny GPT-2 and a tokenizer of a few words."""
    from tokenizers import Tokenizer, models, pre_tokenizers
    from transformers import GPT2Config, GPT2LMHeadModel, PreTrainedTokenizerFast

    torch.manual_seed(0)
    words = ["<pad>", "<unk>", "the", "cat", "sat", "on"]
    backend = Tokenizer(models.WordLevel({w: i for i, w in enumerate(words)}, unk_token="<unk>"))
    backend.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=backend, pad_token="<pad>", unk_token="<unk>"
    )
    tokenizer.chat_template = "{% for m in messages %}{{ m['content'] }} {% endfor %}"
    config = GPT2Config(
        vocab_size=6, n_positions=16, n_embd=8, n_layer=1, n_head=2, attn_implementation="eager"
    )
    return Exhibits(GPT2LMHeadModel(config).eval(), tokenizer)


def build() -> tuple[LanguageWall, Exhibits]:
    torch.set_num_threads(1)
    wall, exhibits = LanguageWall.build(), make_exhibits()
    exhibits.model.generate(torch.tensor([[2, 3]]), max_new_tokens=1, do_sample=False)
    for name in ("traceback", "linecache", "unicodedata"):
        importlib.import_module(name)
    namespaces_of_modules(len(sys.modules))
    gc.collect()
    gc.freeze()  # a collection in a fork would copy every page
    return wall, exhibits
