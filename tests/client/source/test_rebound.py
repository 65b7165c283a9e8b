"""What changed after its definition is sent as it is now, or refused, never as it was."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

import pytest
from cloche import SourceError
from cloche.source import capture

from tests.client.source.support import run_captured, source_of

if TYPE_CHECKING:
    from tests.client.source.support import Project


class TestDefaults:
    def test_a_default_is_what_it_was_at_the_definition(self, project: Project) -> None:
        module = project.module(
            "defaults",
            """
            K = 3
            def t(model, tokenizer, k=K, *, also=K):
                return k, also
            f = lambda model, tokenizer, k=K: k
            K = 5
            """,
        )
        assert run_captured(module.t) == module.t(None, None) == (3, 3)
        assert run_captured(module.f) == module.f(None, None) == 3

    def test_one_name_for_a_default_and_a_newer_value(self, project: Project) -> None:
        module = project.module(
            "both",
            """
            K = 3
            def t(model, tokenizer, k=K):
                return k, K
            K = 5
            """,
        )
        with pytest.raises(SourceError, match=r"'K' is the default .* of t \(.*both.py:2\)"):
            capture(module.t)

    def test_an_attribute_of_the_same_name_is_no_use(self, project: Project) -> None:
        module = project.module(
            "attribute",
            """
            real = 3
            def t(model, tokenizer, k=real):
                return k, (1j).real
            real = 5
            """,
        )
        assert run_captured(module.t) == module.t(None, None)


class TestClosures:
    def test_two_closures_of_one_definition(self, project: Project) -> None:
        module = project.module(
            "closures",
            """
            def make(k):
                def add(x):
                    return x + k
                return add
            one, two = make(1), make(2)
            def t(model, tokenizer):
                return one(1), two(1)
            def u(model, tokenizer):
                return two(1), two(2)
            """,
        )
        with pytest.raises(SourceError, match="'add' that hold different values of k"):
            capture(module.t)
        assert run_captured(module.u) == (3, 4)

    def test_nonlocal(self) -> None:
        count = 0

        def t(model: Any, tokenizer: Any) -> int:
            nonlocal count
            count += 1
            return count

        with pytest.raises(SourceError, match=r"t \(.*\) does not stand alone .*nonlocal 'count'"):
            capture(t)


class TestClasses:
    MODULE = """
        from dataclasses import dataclass, field
        import enum
        class Config:
            k = 3
            rows = [1]
            def m(self):
                return self.k
        @dataclass
        class D:
            x: int = 3
            y: list = field(default_factory=list)
        class E(enum.Enum):
            A = 1
        def t(model, tokenizer):
            return Config().m(), Config.rows, D().x, E.A.value
        """

    def test_unchanged(self, project: Project) -> None:
        module = project.module("unchanged", self.MODULE)
        assert run_captured(module.t) == module.t(None, None) == (3, [1], 3, 1)

    @pytest.mark.parametrize(("name", "value"), [("k", 7), ("k", True), ("m", lambda self: 9)])
    def test_attribute_set_later(self, project: Project, name: str, value: Any) -> None:
        module = project.module("later", self.MODULE)
        setattr(module.Config, name, value)
        with pytest.raises(SourceError, match=rf"Config\.{name} was set after the class .*py:3"):
            capture(module.t)

    def test_mutable_attribute_that_grew(self, project: Project) -> None:
        module = project.module("grew", self.MODULE)
        module.Config.rows.append(2)
        with pytest.raises(SourceError, match=r"Config\.rows was set after"):
            capture(module.t)

    def test_one_of_two_definitions(self, project: Project) -> None:
        module = project.module(
            "either",
            """
            if len("x") == 1:
                class C:
                    k = 1
            else:
                class C:
                    k = 2
            def t(model, tokenizer):
                return C.k
            """,
        )
        assert run_captured(module.t) == 1


class TestWrapping:
    MODULE = """
        import functools
        def timed(f):
            @functools.wraps(f)
            def timing(*args):
                return "timed", f(*args)
            return timing
        @timed
        def helper(model, tokenizer):
            return 1
        @functools.wraps(helper)
        def t(model, tokenizer):
            return 2
        registry = []
        def register(f):
            registry.append(f.__name__)
            return f
        @register
        def registered(x):
            return x
        def u(model, tokenizer):
            return registered(3), helper(None, None)
        v = helper
        """

    def test_wraps_of_another_function_sends_the_function_itself(self, project: Project) -> None:
        module = project.module("wrapping", self.MODULE)
        assert run_captured(module.t) == module.t(None, None) == 2

    def test_decorators_that_give_the_function_back(self, project: Project) -> None:
        module = project.module("registering", self.MODULE)
        assert run_captured(module.u) == module.u(None, None)

    def test_the_inside_of_a_decorated_function(self, project: Project) -> None:
        module = project.module("inside", self.MODULE)
        with pytest.raises(SourceError, match="helper is the inside of a decorated function"):
            capture(module.helper.__wrapped__)

    def test_what_the_module_calls_by_that_name_no_more(self, project: Project) -> None:
        module = project.module("renamed", self.MODULE)
        module.helper = None
        with pytest.raises(SourceError, match="helper was wrapped after its definition"):
            capture(module.v)

    def test_nested_decorators_that_do_not_say_what_they_wrap(self) -> None:
        def twice(f: Any) -> Any:
            def calling() -> int:
                return 2 * f()  # type: ignore[no-any-return]

            return calling

        @twice
        def helper() -> int:
            return 1

        def t(model: Any, tokenizer: Any) -> Any:
            return helper()

        with pytest.raises(SourceError, match=r"helper, used by calling .* is the inside of a dec"):
            capture(t)

    def test_a_function_that_wraps_itself(self) -> None:
        def t(model: Any, tokenizer: Any) -> None: ...

        t.__wrapped__ = t  # type: ignore[attr-defined]
        with pytest.raises(SourceError, match="wraps itself"):
            capture(t)

    def test_cache_by_hand(self) -> None:
        def t(model: Any, tokenizer: Any) -> None: ...

        with pytest.raises(SourceError, match="wrapped after its definition"):
            capture(functools.lru_cache(t))


class TestFiles:
    def test_same_place_other_body(self, project: Project) -> None:
        module = project.module("edited", "def t(model, tokenizer):\n    return 1\n")
        project.write("edited", "def t(model, tokenizer):\n    return 2000\n")
        with pytest.raises(SourceError, match=r"t is not what stands at .*edited.py:1 any more"):
            capture(module.t)

    def test_helper_in_the_same_place(self, project: Project) -> None:
        text = "def h():\n    return {}\n\ndef t(model, tokenizer):\n    return h()\n"
        module = project.module("helped", text.format(1))
        project.write("helped", text.format(2000))
        with pytest.raises(SourceError, match="h is not what stands at"):
            capture(module.t)

    def test_assertions_that_pytest_rewrote(self) -> None:
        def t(model: Any, tokenizer: Any, x: int) -> int:
            assert x > 0, "x is positive"
            return x

        assert run_captured(t, 3) == 3

    def test_the_builtin_of_one_file_and_the_helper_of_another(self, project: Project) -> None:
        project.module(
            "adds", "def sum(rows):\n    return 'mine'\n\ndef both(x):\n    return sum(x)\n"
        )
        module = project.module(
            "mixed",
            """
            from adds import both
            def t(model, tokenizer):
                return both([1]), sum([1])
            """,
        )
        with pytest.raises(SourceError, match=r"two different things are called 'sum'.*builtin"):
            capture(module.t)

    def test_builtins_under_another_name(self, project: Project) -> None:
        module = project.module(
            "renames",
            """
            say, Whole = print, int
            def t(model, tokenizer):
                say("x")
                return Whole("3")
            """,
        )
        assert "import" not in source_of(module.t)
        assert run_captured(module.t) == 3
