"""That rules are found in the code, and that removing one changes what runs."""

from __future__ import annotations

import _ast
import os

import pytest
from cloche_server.walls.language import LanguageWall, compile_technique
from cloche_server.walls.language.rewriting import TechniqueTransformer

from tests.attacks.teeth.rules import Bench

#: What PatternLowering takes apart itself, and what no file is parsed into.
_NO_VISITOR = {
    *("match_case", "MatchValue", "MatchSingleton", "MatchSequence", "MatchMapping"),
    *("MatchClass", "MatchStar", "MatchAs", "MatchOr"),
    *("FunctionType", "TypeIgnore"),
}


def test_every_node_has_a_visitor():
    nodes = {
        name
        for name, cls in vars(_ast).items()
        if isinstance(cls, type) and issubclass(cls, _ast.AST) and not cls.__subclasses__()
    }
    missing = {name for name in nodes if not hasattr(TechniqueTransformer, f"visit_{name}")}
    assert missing <= _NO_VISITOR


@pytest.fixture(scope="module")
def bench():
    return Bench.make(LanguageWall.build())


def test_rules_of_each_kind_are_found(bench):
    kinds = {site.kind for site in bench.sites.values()}
    assert kinds == {"refusal", "check", "filter", "branch", "reason"}
    prefixes = {rule.split()[0] for rule in bench.things}
    assert prefixes == {
        *("visitor", "adapter", "hardened", "missing", "list", "absent", "special", "nameless"),
        "builtins",
    }


def test_an_exchanged_rule_is_gone_everywhere(bench):
    """In a fork: what was imported, bound and closed over before runs the new code too."""
    rule = "TechniqueTransformer.visit_ClassDef refuses if keyword.arg is None or"
    rule += " keyword.arg == 'metaclass'"
    source = "class A(metaclass=1): pass"
    child = os.fork()
    if child == 0:
        try:
            bench.remove([(rule, None)])
            compile_technique(source)
            os._exit(0)
        finally:
            os._exit(1)
    _, status = os.waitpid(child, 0)
    assert status == 0
    with pytest.raises(Exception, match="metaclass"):
        compile_technique(source)


def test_a_rule_that_is_not_there_cannot_be_removed(bench):
    with pytest.raises(KeyError):
        bench.remove([("no such rule", None)])
