"""Runs programs behind the wall and plainly, in forks, and says what became of each."""

from __future__ import annotations

import collections
import contextlib
import io
import json
import os
import resource
import signal
import sys
import types
import warnings
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from cloche_server.walls.language import (
    AccessRefused,
    LanguageWall,
    PolicyViolation,
    compile_technique,
)
from cloche_server.walls.language.rewriting.sealing import ENTER, SealedCode

from tests.fuzz.language.judge import guards_of, own_function

from .slicing import Session, Unit

STAND_IN: Final = (Path(__file__).parent / "standin.py").read_text()
_NAME: Final = "technique"
_PLAIN_S, _WALLED_S = 4, 20
_MEMORY_BYTES = 4 << 30
_TEXT_MAX = 300


@dataclass(frozen=True)
class Outcome:
    """What became of one program behind the wall, against what becomes of it plainly.

    kind: same, refused, different, or left out (plainly it fails or is skipped, too).
    """

    name: str
    kind: str
    plain: str
    walled: str


Program = Unit | Session


class TimeUp(BaseException):
    pass


#: The stand-in gives these: a source that binds them may name them.
_OWN_BUILTINS = "\nif False:\n    exec = eval = compile = id = None\n"


class Runner:
    """Holds: the wall. One fork for many programs; the one that ends a fork is an outcome too."""

    def __init__(self, wall: LanguageWall) -> None:
        self._wall = wall
        self._plain_code = compile(STAND_IN, _NAME, "exec", dont_inherit=True)
        self._walled_code = compile_technique(STAND_IN).code

    def run(self, programs: list[Program]) -> Iterator[Outcome]:
        rest = programs
        while rest:
            outcomes, end = self._in_fork(rest)
            yield from outcomes
            rest = rest[len(outcomes) :]
            if rest and end:
                yield Outcome(rest[0].name, "different", "", f"the process ended: {end}")
                rest = rest[1:]

    def _in_fork(self, programs: list[Program]) -> tuple[list[Outcome], str]:
        reader, writer = os.pipe()
        child = os.fork()
        if child == 0:
            try:
                os.close(reader)
                _confine()
                with os.fdopen(writer, "w") as out:
                    for each in programs:
                        out.write(json.dumps(asdict(self.compare(each))) + "\n")
                        out.flush()
            finally:
                os._exit(0)
        os.close(writer)
        with os.fdopen(reader) as lines:
            outcomes = [Outcome(**json.loads(line)) for line in lines if line.endswith("\n")]
        _, status = os.waitpid(child, 0)
        return outcomes, f"status {status}" if len(outcomes) < len(programs) else ""

    def compare(self, program: Program) -> Outcome:
        """In this very process."""
        if isinstance(program, Session):
            return self._compare_sessions(program)
        plain = self._run(self._plain_world(), program, _PLAIN_S)
        if plain != "passed":
            return Outcome(program.name, "left out", plain, "")
        walled = self._run(self._walled_world(), program, _WALLED_S)
        return Outcome(program.name, _kind(plain, walled), plain, walled)

    def _compare_sessions(self, session: Session) -> Outcome:
        plain = self._talk(self._plain_world(), session, _PLAIN_S)
        walled = self._talk(self._walled_world(), session, _WALLED_S)
        for ours, theirs, example in zip(walled, plain, session.examples, strict=False):
            if ours != theirs:
                shown = f"{example.strip()[:200]} -> {ours}"
                kind = "refused" if "refused" in ours else "different"
                return Outcome(session.name, kind, theirs, f"{kind}: {shown}"[:_TEXT_MAX])
        return Outcome(session.name, "same", "", "")

    # Worlds: how a source becomes code, and what it runs in.

    def _plain_world(self) -> World:
        module = types.ModuleType(_NAME)
        sys.modules[_NAME] = module  # dataclasses look a class's module up by name
        namespace = module.__dict__

        def compiled(text: str) -> Any:
            return compile(text, _NAME, "exec", dont_inherit=True)

        out = io.StringIO()

        def enter(code: Any, place: Any) -> None:
            exec(code, namespace, place)

        _furnish(compiled, enter, namespace, lambda function: function)
        world = World(namespace, compiled, out, enter)
        world.run(self._plain_code)
        return world

    def _walled_world(self) -> World:
        out = io.StringIO()
        namespace = self._wall.namespace(write=out.write, progress=lambda *report: None)

        def compiled(text: str) -> Any:
            try:
                return compile_technique(text + _OWN_BUILTINS, _NAME).code
            except PolicyViolation as violation:
                first = violation.diagnostics[0]
                if first.code != "syntax-error":
                    raise
                said = first.message.removeprefix("syntax error: ")
            raise SyntaxError(said, (_NAME, first.line, first.column, None))

        guards, builtins = guards_of(namespace), namespace["__builtins__"]

        def enter(code: Any, place: Any) -> None:
            # One source after another: the wall's own entry lets in but one.
            builtins[ENTER] = _Entry(guards, place)
            exec(code, namespace)

        _furnish(compiled, enter, namespace, lambda function: own_function(function, namespace))
        world = World(namespace, compiled, out, enter)
        world.run(self._walled_code)
        return world

    def _run(self, world: World, program: Unit, seconds: int) -> str:
        def work() -> None:
            world.run(world.compiled(program.definitions))
            world.run(world.compiled(program.run))

        return world.judge(work, seconds) or "passed"

    def _talk(self, world: World, session: Session, seconds: int) -> list[str]:
        said = []
        for example in session.examples:
            source = _shown(example)

            def work(source: str = source) -> None:
                world.run(world.compiled(source))

            world.out.seek(0)
            world.out.truncate()
            found = world.judge(work, seconds)
            said.append(world.out.getvalue() + found)
            if "refused" in found or "time is up" in found:
                break
        return said


class _Entry:
    """Runs a source with the guards of the technique's, its module's variables in `place`."""

    def __init__(self, guards: Any, place: Any) -> None:
        self.guards, self._place = guards, place

    def __call__(self, sealed: SealedCode) -> None:
        table = self.guards.table()

        def guard(name: str) -> Any:
            return table[name] if name in table else self.guards.fast.constant(name)

        exec(sealed.bind(guard), self.guards.namespace, self._place)


class World:
    """Holds: one namespace, and what is printed there."""

    def __init__(
        self,
        namespace: dict[str, Any],
        compiled: Callable[[str], Any],
        out: io.StringIO,
        enter: Callable[[Any, Any], None],
    ) -> None:
        self.namespace, self.compiled, self.out = namespace, compiled, out
        self._enter = enter

    def run(self, code: Any) -> None:
        self._enter(code, None)

    def judge(self, work: Callable[[], None], seconds: int) -> str:
        """Empty if `work` ends well, else what it ended in."""
        try:
            with (
                _refusals_noted() as noted,
                _in_time(seconds),
                contextlib.redirect_stdout(self.out),
            ):
                work()
        except PolicyViolation as violation:
            return f"refused: {violation.diagnostics[0].message}"
        except AccessRefused as refusal:
            return f"refused: {refusal.message}"
        except TimeUp:
            return "time is up"
        except BaseException as error:
            name = type(error).__name__
            if name == "SkipTest":
                return f"skipped: {error}"
            if noted and not isinstance(error, (SyntaxError, NameError)):
                return f"refused: {noted[0]}; then {name}: {_text(error)}"
            return f"{name}: {_text(error)}"
        return ""


def _furnish(
    compiled: Callable[[str], Any],
    enter: Callable[[Any, Any], None],
    namespace: dict[str, Any],
    own: Callable[[Any], Any],
) -> None:
    """Puts in what no technique has and many tests are written with. None of it reads locals.

    Args:
        own: makes a function one of the technique's, as far as its guards can tell.
    """

    # In the technique's own functions the builtins are the technique's.
    identity = id

    def exec_(source, globals_=None, locals_=None):  # type: ignore[no-untyped-def]
        code = compiled(source) if type(source) is str else source
        places = [each for each in (locals_, globals_) if each is not None]
        enter(code, places[0] if places else None)

    def eval_(source, globals_=None, locals_=None):  # type: ignore[no-untyped-def]
        places = [each for each in (locals_, globals_) if each is not None]
        found = dict(places[0]) if places else {}
        enter(compiled(f"evaluated_ = (\\\n{source.strip()}\n)"), found)
        return found["evaluated_"]

    def compile_(source, filename="", mode="exec", *rest, **options):  # type: ignore[no-untyped-def]
        return compiled(source)

    def id_(value):  # type: ignore[no-untyped-def]
        return identity(value)

    functions = {"exec": exec_, "eval": eval_, "compile": compile_, "id": id_, "compiled": compile_}
    namespace.update({name: own(function) for name, function in functions.items()})
    namespace["python_version"] = sys.version_info[:3]
    namespace["IndentationError"] = SyntaxError


def _kind(plain: str, walled: str) -> str:
    if walled == plain:
        return "same"
    return "refused" if walled.startswith("refused") else "different"


def _text(error: BaseException) -> str:
    try:
        return str(error)[:_TEXT_MAX]
    except Exception as failed:
        return f"(its text fails: {type(failed).__name__})"


def _shown(example: str) -> str:
    """The example as a program that prints what an interactive Python would show."""
    try:
        compile(example, _NAME, "eval", dont_inherit=True)
    except (SyntaxError, ValueError):
        return example
    return f"shown_ = (\n{example}\n)\nif shown_ is not None:\n    print(repr(shown_))\n"


@contextlib.contextmanager
def _refusals_noted() -> Iterator[list[str]]:
    """Every refusal, even those that the program catches."""
    noted: list[str] = []
    original = AccessRefused.__init__

    def note(self: AccessRefused, message: str, **options: Any) -> None:
        noted.append(message)
        original(self, message, **options)

    AccessRefused.__init__ = note  # type: ignore[method-assign]
    try:
        yield noted
    finally:
        AccessRefused.__init__ = original  # type: ignore[method-assign]


@contextlib.contextmanager
def _in_time(seconds: int) -> Iterator[None]:
    def up(*args: object) -> None:
        raise TimeUp

    signal.signal(signal.SIGALRM, up)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)


def _confine() -> None:
    warnings.simplefilter("ignore")
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with open("/proc/self/statm") as statm:
        now = int(statm.read().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (now + _MEMORY_BYTES, now + _MEMORY_BYTES))
    null = os.open(os.devnull, os.O_RDWR)
    for each in (0, 1, 2):
        os.dup2(null, each)


def counted(outcomes: list[Outcome]) -> collections.Counter[str]:
    return collections.Counter(each.kind for each in outcomes)
