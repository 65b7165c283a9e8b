"""Writes statements for a session that is under way: what the variables really hold decides which
attributes, arguments and operands are tried, so that most statements run.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from random import Random
from typing import Any

from cloche_server.walls.language.catalogue import Catalogue
from cloche_server.walls.language.facades import ClassToken, Facade
from cloche_server.walls.language.names import DEFINABLE_METHODS, MARK, READABLE, is_dunder
from cloche_server.walls.language.slots import dict_of, is_class, mro_of
from cloche_server.walls.language.tables.rows import words

from .kinds import CALLABLE, FIRST_KIND, HINTS, kind_of, parameters_of, tells
from .templates import BASES, COMPOUND, ENUMS, METHOD, SIMPLE, SUNDERS
from .words import DUNDERS, INSIDES, LEADS, widened

_HOLE = re.compile(r"<(\w+)>")
_METHODS = sorted(DEFINABLE_METHODS - {"__init__", "__new__", "__exit__", "__init_subclass__"})
_EXCEPTIONS = words("""ValueError TypeError KeyError AttributeError StopIteration IndexError
    Exception RuntimeError OSError ZeroDivisionError NameError ImportError UnicodeDecodeError""")
_NEWEST = 40
#: Would go on for ever, or sleep.
_ENDLESS = frozenset({"count", "cycle", "repeat", "sleep"})
Learned = dict[str, list[tuple[str, ...]]]


def statements_of(source: str) -> list[str]:
    """The source's top-level statements, so that one failing does not hide the next."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError):
        return [source]
    lines = source.split("\n")
    starts = [
        min([each.lineno, *(one.lineno for one in getattr(each, "decorator_list", ()))])
        for each in tree.body
    ]
    if len(set(starts)) < len(starts):
        return [source]
    ends = [*(start - 1 for start in starts[1:]), len(lines)]
    return ["\n".join(lines[a - 1 : b]) for a, b in zip(starts, ends, strict=True)]


class Maker:
    """Holds: one program's random choices and a look at its variables. Changes nothing."""

    def __init__(
        self, rng: Random, namespace: dict[str, Any], catalogue: Catalogue, learned: Learned
    ) -> None:
        self.rng = rng
        self._namespace = namespace
        self._catalogue = catalogue
        self._learned = learned
        self._count = 0
        self._pool: list[str] = []
        #: Calls of the statement just made: what was called, and the kinds of its arguments.
        self.calls: list[tuple[str, tuple[str, ...]]] = []

    @property
    def _facades(self) -> list[str]:
        # A program may have bound such a name anew.
        return [name for name, value in self._namespace.items() if type(value) is Facade]

    # Variables

    def variables(self) -> list[str]:
        recent = [each for each in self._pool[-_NEWEST:] if each in self._namespace]
        return recent or ["model"]

    def new(self) -> str:
        self._count += 1
        name = f"v{self._count}"
        self._pool.append(name)
        return name

    def adopt(self, *names: str) -> None:
        self._pool += names

    def pick(self, fits: Callable[[Any], bool], otherwise: Callable[[], str]) -> str:
        names = self.variables()
        self.rng.shuffle(names)
        if self.rng.random() < 0.9:
            for name in names:
                if fits(self._namespace[name]):
                    return name
        return otherwise()

    def of_kind(self, kind: str) -> str:
        makers = {
            "tensor": lambda: self.rng.choice(["x", "x", "ids", "model.lm_head.weight"]),
            "module": lambda: self.rng.choice(["layer", "model", "model.transformer.h[0].mlp"]),
            "array": lambda: "arr",
            "int": self.small,
            "bool": lambda: self.rng.choice(["True", "False"]),
            "float": lambda: self.rng.choice(["0.5", "1e-3", "2.0"]),
            "str": self.text,
            "dict": lambda: "{'a': 1, 'b': x}",
            "list": lambda: "[1, 2, 3]",
            "tuple": lambda: "(1, 2)",
            "class": lambda: self.rng.choice(["int", "dict", "Own", "object", "torch.Tensor"]),
            "function": lambda: self.rng.choice(["own", "len", "getattr", "(lambda *a: a)"]),
            "own": lambda: "obj",
            "exception": lambda: "ValueError(x)",
            "NoneType": lambda: "None",
            "dtype": lambda: "torch.float32",
        }
        return self.pick(lambda value: kind_of(value) == kind, makers.get(kind, self.variable))

    def variable(self) -> str:
        if self.rng.random() < 0.2:
            kind = self.rng.choice(["function", "generator", "exception", "own", "class", "module"])
            return self.pick(lambda value: kind_of(value) == kind, lambda: "own")
        return self.rng.choice(self.variables())

    # Small words

    def small(self) -> str:
        return str(self.rng.choice([0, 1, 2, 3, -1, 1, 0, 7, 64, -(1 << 31), 1 << 63]))

    def text(self) -> str:
        return repr(self._text())

    def _text(self) -> str:
        roll = self.rng.random()
        if roll < 0.4:
            return self.attribute(None)
        if roll < 0.55:
            return self.rng.choice(INSIDES)
        if roll < 0.65:
            return widened(self.rng.choice(DUNDERS), self.rng)
        return self.rng.choice(["a", "b", "cpu", "pt", "weight", "a b -> b a", "eager", "mean",
                                "the cat", "{0.__class__}", "a.b", " read",
                                " technique", ""])  # fmt: skip

    def attribute(self, value: Any) -> str:
        """A name to read of the value: mostly one it has, and mostly one that is listed."""
        roll = self.rng.random()
        if value is not None:
            if type(value) is Facade and roll < 0.8:
                return self.rng.choice(sorted(value.members) or ["a"])
            cls = value if is_class(value) else type(value)
            if roll < 0.5:
                listed = [
                    name
                    for each in mro_of(cls)
                    for name in (*self._catalogue.members.get(each, ()), *self._own_names(each))
                ]
                if listed:
                    return self.rng.choice(sorted(listed))
            if roll < 0.8:
                real = value.cls if type(value) is ClassToken else value
                names = object.__dir__(real) if not is_class(real) else type.__dir__(real)
                plain = sorted(each for each in names if each.isidentifier())
                leads = [each for each in plain if each in LEADS]
                if leads and self.rng.random() < 0.5:
                    return self.rng.choice(leads)
                if plain:
                    return self.rng.choice(plain)
        if roll < 0.9:
            return self.rng.choice(DUNDERS)
        return self.rng.choice(INSIDES)

    def _own_names(self, cls: type) -> list[str]:
        own = dict_of(cls)
        return [each for each in own if each.isidentifier()] if MARK in own else []

    # Expressions

    def expression(self, depth: int = 2) -> str:
        rng = self.rng
        if depth <= 0:
            return self.variable() if rng.random() < 0.7 else self._literal()
        text = rng.choices(
            (self.variable, self._literal, self.read, self.call, lambda: self._compound(depth)),
            (25, 8, 27, 25, 15),
        )[0]()
        return f"observe({text})" if rng.random() < 0.3 else text

    def _literal(self) -> str:
        return self.rng.choice(
            ["None", "0", "1", "2.5", "1j", "b'ab'", "'a'", "...", "NotImplemented", "[]", "{}",
             "()", "[1, 2]", "{'a': 1}", "{1, 2}", "(1, 'b')", "True", "x", "obj", "own",
             "self_made", "slice(0, 2)", "range(3)", "numpy.float32", "object()"]
        )  # fmt: skip

    def _compound(self, depth: int) -> str:
        make = lambda: self.expression(depth - 1)  # noqa: E731
        if self.rng.random() < 0.35:
            # Operators go further on operands that fit each other.
            kind = self.rng.choice(["tensor", "array", "int", "list", "dict", "own", "str"])
            operator = self.rng.choice(words("+ - * / // % ** @ & | ^ < == != >= in is"))
            return f"({self.of_kind(kind)} {operator} {self.of_kind(kind)})"
        form = self.rng.choice(
            ["({} if {} else {})", "({} or {})", "({} and {})", "(not {})", "[{}, {}]",
             "({}, *[{}])", "{{'k': {}}}", "({} == {})",
             "({} in [{}])", "({} is {})", "({}[{}])", "({}[0])",
             "[y for y in [{}]]", "(lambda: {})()", "(lambda y: {})({})", "f'{{{}!s:>4}}'",
             "(z := {})", "(yielder({}))", "[*[{}]]", "{{**{{'a': {}}}}}"]
        )  # fmt: skip
        return form.format(*(make() for _ in range(3)))

    def read(self) -> str:
        """A read of some attribute by some route."""
        rng = self.rng
        name = self.variable()
        value = self._namespace.get(name)
        attr = self.attribute(value)
        if rng.random() < 0.06 and is_dunder(attr):
            attr = widened(attr, rng)
        # A special name after a dot is refused by the source alone: mostly as text, then.
        hidden = is_dunder(attr) and attr not in READABLE
        if rng.random() < (0.05 if hidden else 0.6):
            return f"{name}.{attr}"
        route = rng.choice(
            ["getattr({0}, {1!r})", "getattr({0}, {1!r}, None)", "operator.attrgetter({1!r})({0})",
             "operator.methodcaller({1!r})({0})", "next(map(getattr, [{0}], [{1!r}]))",
             "'{{0.{1}}}'.format({0})", "functools.partial(getattr, {0})({1!r})",
             "operator.attrgetter('{1}.__class__')({0})", "getattr({0}, self_made({1!r}))",
             "functools.reduce(getattr, [{1!r}], {0})", "{0}.__getattr__({1!r})",
             "getattr(type({0}), {1!r})", "object.__getattribute__({0}, {1!r})",
             "sorted([{0}], key=operator.attrgetter({1!r}))", "getattr(super(Own, {0}), {1!r})",
             "str.format('{{0.{1}}}', {0})", "'{{x.{1}}}'.format_map({{'x': {0}}})",
             *([] if hidden else ["[y.{1} for y in [{0}]]", "(lambda y: y.{1})({0})", "{0}.{1}()",
                                  "type({0}).{1}", "super(type({0}), {0}).{1}"])]
        )  # fmt: skip
        return route.format(name, attr)

    def callee(self) -> str:
        rng = self.rng
        if rng.random() < 0.55:
            facade = rng.choice(self._facades)
            members = self._namespace[facade].members
            names = [each for each in members if each not in _ENDLESS]
            if names:
                return f"{facade}.{rng.choice(names)}"
        name = self.pick(
            lambda value: isinstance(value, CALLABLE) or MARK in dict_of(type(value)),
            lambda: rng.choice(["len", "own", "Own", "sorted", "map", "list"]),
        )
        if rng.random() < 0.7:
            name = self.variable()
            listed = [
                each
                for base in mro_of(type(self._namespace[name]))
                for each in self._catalogue.members.get(base, ())
            ]
            if listed:
                return f"{name}.{rng.choice(sorted(listed))}"
        return name

    def call(self) -> str:
        """A call with arguments of kinds that worked before, if any did."""
        rng = self.rng
        callee = self.callee()
        key = self._key(callee)
        known = self._learned.get(key)
        if known and rng.random() < 0.75:
            kinds = list(rng.choice(known))
            if rng.random() < 0.3 and kinds:
                kinds[rng.randrange(len(kinds))] = rng.choice(["own", "function", "class", "str"])
        elif (guessed := self._guess(callee)) is not None and rng.random() < 0.8:
            kinds = list(guessed)
        else:
            common = ["tensor", "int", "str", "list", "own", "function", "float", "array", "dict",
                      "tuple", "module", "class", "bool"]  # fmt: skip
            weights = [9, 6, 5, 4, 4, 3, 3, 3, 2, 2, 2, 2, 1]
            count = rng.choices((0, 1, 2, 3), (3, 6, 5, 1))[0]
            kinds = rng.choices(common, weights, k=count)
            if kinds and rng.random() < 0.7:
                kinds[0] = FIRST_KIND.get(callee.partition(".")[0], kinds[0])
        args = [self.of_kind(kind) for kind in kinds]
        self.calls.append((key, tuple(kinds)))
        if rng.random() < 0.08:
            name = rng.choice(["dim", "key", "out", "dtype", "default", "a", "size"])
            args.append(f"{name}={self.variable()}")
        return f"{callee}({', '.join(args)})"

    def _guess(self, callee: str) -> list[str] | None:
        """Kinds of arguments by the names of the parameters, where the callable tells them."""
        owner, dot, name = callee.rpartition(".")
        value = self._namespace.get(owner if dot else callee)
        if dot and type(value) is Facade:
            value = value.members.get(name)
        elif dot:
            value = dict_of(type(value)).get(name)
        names = parameters_of(getattr(value, "function", value)) if tells(value) else None
        if names is None:
            return None
        names = names[1:] if dot and names[:1] == ("self",) else names
        return [HINTS.get(each, self.rng.choice(["int", "tensor", "own", "str"])) for each in names]

    def _key(self, callee: str) -> str:
        owner, dot, name = callee.rpartition(".")
        if dot and owner in self._namespace and type(self._namespace[owner]) is not Facade:
            return f"{kind_of(self._namespace[owner])}.{name}"
        if not dot and callee in self._namespace and callee.startswith("v"):
            return f"a {kind_of(self._namespace[callee])}"
        return callee

    # Statements

    def statement(self) -> str:
        self.calls = []
        rng = self.rng
        roll = rng.random()
        if roll < 0.1:
            return self._class()
        template = rng.choice(COMPOUND) if roll < 0.4 else rng.choice(SIMPLE)
        return self._fill(template)

    def _class(self) -> str:
        """A class with a handful of special methods."""
        methods = self.rng.sample(_METHODS, self.rng.randrange(1, 7))
        body = "\n".join(METHOD.replace("<DM>", each) for each in methods)
        name = self.new()
        made = self.new()
        head = f"class {name}({self.rng.choice(BASES)}):\n{body}"
        return self._fill(f"{head}\n{made} = {name}()")

    def _fill(self, template: str) -> str:
        lines = []
        self._same: dict[str, str] = {}
        for line in template.split("\n"):
            if line.strip() == "$":
                indent = line[: len(line) - 1]
                for _ in range(self.rng.randrange(1, 3)):
                    same = self._same
                    inner = self._fill(self.rng.choice(SIMPLE))
                    self._same = same
                    inner_lines = inner.split("\n")
                    if self.rng.random() < 0.7:
                        inner_lines = ["try:", *("    " + each for each in inner_lines)]
                        inner_lines += ["except Exception as err:", "    observe(err)"]
                    lines += [indent + each for each in inner_lines]
            else:
                lines.append(_HOLE.sub(self._hole, line))
        return "\n".join(lines)

    def _hole(self, match: re.Match[str]) -> str:
        rng = self.rng
        word = match[1]
        if word[0] == "N" and word[1:]:
            if word not in self._same:
                self._same[word] = self.new()
            return self._same[word]
        match word:
            case "V":
                return self.variable()
            case "N":
                return self.new() if rng.random() < 0.7 or not self._pool else self._pool[-1]
            case "E":
                return self.expression(rng.choice((0, 1, 1, 2)))
            case "R":
                return self.read()
            case "C":
                return self.call()
            case "A":
                name = self.attribute(self._namespace.get(self.variable()))
                return (
                    name if rng.random() < 0.5 else rng.choice(["a", "b", "_c", "value", "forward"])
                )
            case "S":
                return self.text()
            case "F":
                return self.pick(
                    lambda value: isinstance(value, CALLABLE) or MARK in dict_of(type(value)),
                    lambda: self.callee(),
                )
            case "K":
                return self.of_kind("class")
            case "O":
                return self.of_kind("own")
            case "T":
                return self.of_kind("tensor")
            case "M":
                return self.of_kind("module")
            case "D":
                return self.of_kind("dict")
            case "L":
                return rng.choice([self.of_kind("list"), self.of_kind("tuple"),
                                   self.of_kind("dict"), self.variable(),
                                   f"[{self.expression(1)}, {self.variable()}]",
                                   "gen()", self.of_kind("own")])  # fmt: skip
            case "I":
                return self.small()
            case "X":
                return rng.choice(_EXCEPTIONS)
            case "G":
                return rng.choice([*self._facades[:30], "os", "sys"])
            case "W":
                return rng.choice(["", ">3", ".2f", "s", "{x}", "r"])
            case "a":
                return "q"
            case "DM":
                return rng.choice(_METHODS)
            case "BASE":
                return rng.choice(BASES)
            case "EN":
                return rng.choice(ENUMS)
            case "SU":
                return rng.choice(SUNDERS)
            case _:
                return match[0]


__all__ = ["Learned", "Maker", "statements_of"]
