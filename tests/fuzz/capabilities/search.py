"""Looks for a value of a forbidden kind: reads what may be read, calls what may be called.

Breadth first, through the guards, as rewritten source does: from the values that a technique is
given, from what it may import, and from objects of classes that it makes of the listed bases.
"""

from __future__ import annotations

import collections
import ctypes
import signal
import types
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from random import Random
from typing import Any, Final

import numpy as np
from cloche_server.walls.language import LanguageWall, PolicyViolation, compile_technique
from cloche_server.walls.language.facades import Facade
from cloche_server.walls.language.rewriting.sealing import ENTER
from cloche_server.walls.language.slots import class_name, dict_of, is_class, mro_of

from tests.fuzz.language.judge import SECRET, Judge, guards_of, own_function
from tests.fuzz.language.kinds import HINTS, parameters_of, tells
from tests.fuzz.language.session import Exhibits, Outcome
from tests.fuzz.language.watch import install
from tests.fuzz.language.words import FILENAME, LEADS

from .hostile import VALUES

#: A call that takes longer is left: the server would end it.
_CALL_S: Final = 0.5
#: Sources as short as that are run again and again.
_KEPT_CHARS: Final = 80
_DEPTH_MAX: Final = 4
_OF_A_TYPE_MAX: Final = 3
#: Descriptors of classes in C read and write slots of any object of their class.
_DESCRIPTORS: Final = (types.GetSetDescriptorType, types.MemberDescriptorType)
#: Bare functions of the interpreter that guards stand in for.
_REAL: Final = {id(each): each.__name__ for each in (__import__, getattr, setattr, vars, open)}


class TooLong(BaseException):
    pass


class Search:
    """Holds: one call's namespace and its observers. Ends: with the process."""

    def __init__(self, wall: LanguageWall, exhibits: Exhibits, note: Callable[[str], None]) -> None:
        self.outcome = Outcome()
        self._note = note
        self._now = ""
        self.namespace = wall.namespace(write=lambda text: None, progress=lambda *report: None)
        self.guards = guards_of(self.namespace)
        self._entry = self.namespace["__builtins__"][ENTER]
        self._judge = Judge(self.namespace, [exhibits.model, exhibits.tokenizer])
        self._switch = install(self._found)
        self._compiled: dict[str, Any] = {}
        self._secret = ctypes.create_string_buffer(SECRET.encode(), 64)
        address = ctypes.addressof(self._secret)
        judge = self.judge

        def observe(value):  # type: ignore[no-untyped-def]
            judge(value)
            return value

        def lie():  # type: ignore[no-untyped-def]
            about = {"shape": (16,), "typestr": "|u1", "data": (address, False), "version": 3}
            return {"__array_interface__": about}

        for function in (observe, lie):
            self.namespace[function.__name__] = own_function(function, self.namespace)
        self.namespace.update(model=exhibits.model, tokenizer=exhibits.tokenizer)
        self.execute(VALUES)

    # What is seen

    def judge(self, value: object) -> None:
        self._switch(False)
        try:
            found = _forbidden(value) or self._judge.judge(value)
            if found is not None:
                self._found(found)
        finally:
            self._switch(True)

    def _found(self, reason: str) -> None:
        if len(self.outcome.findings) < 40:
            self.outcome.findings.append((reason, self._now))

    @contextmanager
    def doing(self, what: str) -> Iterator[None]:
        """Within: what happens is put down to `what`, and cut short."""
        self._now = what
        self._note(what)
        self._switch(True)

        def late(*args: object) -> None:
            raise TooLong

        signal.signal(signal.SIGALRM, late)
        signal.setitimer(signal.ITIMER_REAL, _CALL_S)
        try:
            yield
            self.outcome.statements["ran"] += 1
        except TooLong:
            self.outcome.statements["left"] += 1
        except BaseException as error:
            signal.setitimer(signal.ITIMER_REAL, 0)
            self.outcome.statements["raised"] += 1
            self.judge(error)
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            self._switch(False)

    def execute(self, source: str) -> None:
        """Runs a source of the technique's. Raises whatever it raises."""
        self._switch(False)
        code = self._compiled.get(source)
        if code is None:
            code = compile_technique(source, FILENAME).code
            if len(source) < _KEPT_CHARS:
                self._compiled[source] = code
        self._switch(True)
        self.namespace["__builtins__"][ENTER] = self._entry  # one source after another
        exec(code, self.namespace)

    # What is done

    def walk(self, roots: list[tuple[str, Any]]) -> None:
        """Reads every name of every value that reading gives."""
        todo = collections.deque((path, value, 0) for path, value in roots)
        kept: list[Any] = []  # so that no id is given to another
        seen: set[int] = set()
        of_type: collections.Counter[type] = collections.Counter()
        while todo:
            path, value, depth = todo.popleft()
            single = is_class(value) or type(value) in (types.FunctionType, Facade)
            if id(value) in seen or (not single and of_type[type(value)] >= _OF_A_TYPE_MAX):
                continue
            seen.add(id(value))
            kept.append(value)
            of_type[type(value)] += 1
            for name in _names_of(value):
                with self.doing(f"{path}.{name}"):
                    found = self.guards.reading.read(value, self.guards.reading.checked_name(name))
                    self.judge(found)
                    if depth < _DEPTH_MAX:
                        todo.append((f"{path}.{name}", found, depth + 1))

    def call_all(self, path: str, value: Any, attempts: int, seed: int) -> None:
        """Calls a value with hostile arguments, one position after another."""
        rng = Random(zlib.crc32(path.encode()) ^ seed)
        hostile, plain = self.namespace["HOSTILE"], self.namespace["PLAIN"]
        names = parameters_of(value) if tells(value) else None
        for attempt in range(attempts):
            count = len(names) if names else rng.randrange(4)
            chosen = [_fitting(names[at] if names else "", rng, plain) for at in range(count)]
            if count:
                # Each position in turn has something hostile in it; sometimes all have.
                at = attempt % count
                for place in range(count) if rng.random() < 0.2 else (at,):
                    chosen[place] = rng.choice(sorted(hostile))
            with self.doing(f"{path}({', '.join(chosen)})"):
                arguments = [(hostile.get(each) or plain[each])() for each in chosen]
                self.judge(self.guards.calls.call(value)(*arguments))

    def ask(self, word: str, source: str) -> None:
        """Makes a class, an object of it, and has real code ask it."""
        self.namespace.pop("H", None)
        with self.doing(f"class {word}"):
            try:
                self.execute(source)
            except PolicyViolation as violation:
                self.outcome.refusals.update(each.code for each in violation.diagnostics)
                return
        made = self.namespace.get("H")
        if made is None:
            return
        self.outcome.census[word.partition(",")[0]] += 1
        for how in ("H()", "H('a')", "H.__new__(H)", "H(1)", "H.A", "H([nn.Linear(3, 3)])"):
            if "h" in self.namespace:
                break
            with self.doing(f"{how} of {word}"):
                self.execute(f"h = {how}\n")
        if "h" not in self.namespace:
            return
        for probe in _PROBES:
            with self.doing(f"{probe} of {word}"):
                self.execute(f"observe({probe})\n")
        self._ask_members(word, made)
        self.namespace.pop("h", None)

    def _ask_members(self, word: str, cls: Any) -> None:
        members = self.guards.catalogue.members
        names = {name for each in mro_of(cls) for name in members.get(each, ())}
        for name in sorted(names):
            # What takes nothing says so at once; then it is given something to call.
            for arguments in ((), (self.namespace["keep"],)):
                with self.doing(f"h.{name}({'keep' if arguments else ''}) of {word}"):
                    found = self.guards.calls.method(self.namespace["h"], name)(*arguments)
                    self.judge(found)
                    if type(found) in (types.GeneratorType, map, zip, filter):
                        for _, each in zip(range(20), found, strict=False):
                            self.judge(each)
                    break


#: What libraries do with an object, as a technique has them do it.
_PROBES: Final = (
    *("h.parameters()", "list(h.parameters())", "list(h.named_modules())", "h.double()"),
    *("h.state_dict()", "h.apply(keep)", "h.zero_grad()", "h.train()", "repr(h)", "str(h)"),
    *("f'{h}'", "copy.copy(h)", "copy.deepcopy(h)", "numpy.asarray(h)", "numpy.array(h)"),
    *("numpy.asarray([h])", "torch.as_tensor(h)", "torch.tensor([h])", "list(h)", "dict(h)"),
    *("len(h)", "h == h", "hash(h)", "sorted([h, h])", "json.dumps(h)", "h(torch.ones(2, 3))"),
    *("nn.Sequential(h)(torch.ones(2, 3))", "nn.ModuleList([h])", "h[0]", "next(iter(h))"),
    *("isinstance(h, H)", "vars(h)", "dir(h)", "h + h", "h | h", "h in [h]", "bool(h)", "int(h)"),
    *("functools.reduce(keep, h)", "tuple(h)", "'%s' % h"),
    *("numpy.ones(3) + h", "torch.ones(3) + h", "h.load_state_dict({})"),
)  # fmt: skip


def _forbidden(value: object) -> str | None:
    """What Judge takes for harmless, and this search does not."""
    if type(value) in _DESCRIPTORS:
        return f"a descriptor of {value.__objclass__.__name__}"  # type: ignore[attr-defined]
    if id(value) in _REAL:
        return f"the real {_REAL[id(value)]}"
    if type(value) is bytes and SECRET.encode() in value:
        return "the secret was read"
    if type(value) is np.ndarray and value.dtype == np.uint8 and SECRET.encode() in value.tobytes():
        return "the secret was read through an array"
    if type(value) in (tuple, list) and len(value) < 20:  # type: ignore[arg-type]
        return next((found for each in value if (found := _forbidden(each))), None)  # type: ignore[attr-defined]
    return None


def _names_of(value: Any) -> list[str]:
    """Every name that reading could find there, and those that lead out."""
    if type(value) is Facade:
        return sorted(value.members)
    found = set(LEADS)
    for each in (*mro_of(type(value)), *(mro_of(value) if is_class(value) else ())):
        found.update(name for name in dict_of(each) if type(name) is str)
    with suppress(AttributeError, TypeError):
        found.update(object.__getattribute__(value, "__dict__"))
    return sorted(name for name in found if type(name) is str)


def _fitting(name: str, rng: Random, plain: dict[str, Any]) -> str:
    word = HINTS.get(name, "")
    return word if word in plain else rng.choice(sorted(plain))


def roots_of(search: Search) -> list[tuple[str, Any]]:
    """What a technique starts from."""
    namespace = search.namespace
    given = [(name, namespace[name]) for name in ("model", "tokenizer")]
    modules = sorted(search.guards.facades.items())
    builtins = namespace["__builtins__"]
    named = [(name, builtins[name]) for name in sorted(builtins) if name[0] not in " _"]
    made = [(name, namespace[name]) for name in ("Lying", "Layer", "Oops", "keep")]
    values = [(word, make()) for word, make in sorted(namespace["PLAIN"].items())]
    return [*given, *modules, *named, *made, *values, *classes_of(search)]


def classes_of(search: Search) -> list[tuple[str, Any]]:
    classes = search.guards.catalogue.classes.values()
    return sorted(((class_name(each), each) for each in classes), key=lambda each: each[0])


def callables_of(search: Search) -> list[tuple[str, Any]]:
    """Every listed callable of a module, by its dotted name."""
    return [
        (f"{module}.{name}", value)
        for module, facade in sorted(search.guards.facades.items())
        for name, value in sorted(facade.members.items())
        if type(value) is not Facade and callable(value)
    ]
