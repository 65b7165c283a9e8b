"""What the survey of a source says of its names: which are plain, steady, builtin or unique.

A guard that a name's kind makes needless is left out. So each attack binds a name in one more way
than the mutated survey sees, and gets something past the guard that is not there.
"""

from __future__ import annotations

import ast
from typing import Any, Final

from tests.attacks.teeth.language.layers import LOOKED_UP, NAMES
from tests.attacks.teeth.mutation import Mutation, Removal


def _m(rule: str, *attacks: str, instead: Any = None, along: tuple[Removal, ...] = ()) -> Mutation:
    return Mutation(rule, attacks, instead, along)


def _called(rule: str, attack: str, instead: Any = None) -> Mutation:
    """What the attack must not call has a name, and it is looked for by its own: only the call's
    guard holds it.
    """
    return Mutation(rule, (attack,), instead, (*NAMES, *LOOKED_UP))


#: What a scope is to those who look for it, but nothing inside it was read.
_UNREAD: Final = "self.survey.scopes[id(node)] = Scope('{}')"
_S: Final = "_Surveyor."

_BUILTINS: Final = (
    _called("Survey.is_builtin answers scope.kind != 'class' and name not in self.bindings"
            " and (name not in self.shared)", "fast_builtin_parameter"),
    _called("Survey.is_unique answers scope.kind != 'class' and self.bindings[name] == 1 and"
            " (name not in self.shared) and ('__' not in name) and (name not in"
            " _BUILTIN_NAMES)", "fast_function_bound_anew"),
    _called("list _BUILTIN_NAMES", "fast_function_bound_anew", lambda old: frozenset()),
    _called(_S + "visit_FunctionDef asks whether self._stack[-1].kind == 'class'",
            "fast_function_bound_anew", "False"),
    _called(_S + "_bind asks whether scope.kind != 'class'", "fast_builtin_parameter", "False"),
    _called(_S + "scope calls self._bind(arg.arg)", "fast_builtin_parameter"),
    _called(_S + "visit_FunctionDef calls self.scope(node, 'function', node.body, node.args)",
            "fast_builtin_parameter", _UNREAD.format("function")),
)  # fmt: skip

_STATEMENTS: Final = tuple(
    _called(_S + rule, "fast_builtin_bound", instead)
    for rule, instead in {
        "_bind_loop calls self._bind_target(target, source)": None,
        "_bind_target calls self._bind(name, source)": None,
        "_bind_target calls self._bind_target(part, None)": None,
        "_bind_target calls self._bind_target(part, value)": None,
        "visit_AnnAssign calls self._bind_target(node.target, node.value)": None,
        "visit_Assign calls self._bind_target(target, node.value)": None,
        "visit_ExceptHandler calls self.generic_visit(node)": None,
        "visit_For calls self._bind_loop(node.target, node.iter)": None,
        "visit_Name asks whether not isinstance(node.ctx, ast.Load)": "False",
        "visit_Name calls self._bind(node.id)": None,
        "visit_NamedExpr calls self._bind_target(node.target, node.value)": None,
        "visit_Call calls self.generic_visit(node)": None,
        "_import calls self._bind(bound)": None,
        "visit_ImportFrom calls self._import(alias, f\"{node.module or ''}.{alias.name}\")": None,
    }.items()
)

_INSIDE: Final = tuple(
    _called(_S + rule, "fast_builtin_bound_inside", instead)
    for rule, instead in {
        "_comprehension calls self._bind_loop(generator.target, generator.iter if known else"
        " None)": None,
        "_visit_arguments asks whether arg is not None and arg.annotation is not None": "False",
        "visit_ClassDef calls self.scope(node, 'class', node.body)": _UNREAD.format("class"),
        "visit_DictComp calls self._comprehension(node, node.generators[0],"
        " [node.key, node.value])": _UNREAD.format("comprehension"),
        "visit_FunctionDef calls self._visit_arguments(node.args)": None,
        "visit_GeneratorExp calls self.visit_ListComp(node)": _UNREAD.format("generator"),
        "visit_Lambda calls self._visit_arguments(node.args)": None,
        "visit_Lambda calls self.scope(node, 'function', [node.body], node.args)":
            _UNREAD.format("function"),
        "visit_ListComp calls self._comprehension(node, node.generators[0], [node.elt])":
            _UNREAD.format("comprehension"),
        "visit_SetComp calls self.visit_ListComp(node)": _UNREAD.format("comprehension"),
    }.items()
)  # fmt: skip

#: In a class body, where a comprehension begins, `range` may be the class's own.
_FIRST_LOOP: Final = (
    _m(
        _S + "_comprehension calls self._bind_loop(generator.target, generator.iter if known else"
        " None)",
        "fast_class_range",
        instead="self._bind_loop(generator.target, generator.iter)",
    ),
)

_PATTERNS: Final = tuple(
    _called(_S + rule, "fast_builtin_captured")
    for rule in (
        "visit_MatchAs calls self._bind(node.name)",
        "visit_MatchAs calls self.generic_visit(node)",
        "visit_MatchMapping calls self.generic_visit(node)",
    )
)

_REBOUND: Final = tuple(
    _m(_S + rule, "fast_index_rebound", instead=instead)
    for rule, instead in {
        "_bind_loop calls self._bind(first, LoopCounter('enumerate'))": None,
        "_bind_target asks whether starred or len(parts) != len(values)": "False",
        "visit_AugAssign calls self._bind_target(node.target, node.value)": None,
        "visit_ExceptHandler calls self._bind(node.name)": None,
        "visit_MatchStar calls self._bind(node.name)": None,
        "visit_NamedExpr asks whether self._stack[-1].kind not in"
        " ('comprehension', 'generator')": None,
        "visit_Nonlocal calls self.visit_Global(node)": None,
    }.items()
)

_REBOUND_CALLED: Final = tuple(
    _m(_S + rule, "fast_index_rebound", along=LOOKED_UP)
    for rule in (
        "visit_ClassDef calls self._bind(node.name)",
        "visit_FunctionDef calls self._bind(node.name)",
    )
)

_P: Final = "PlainNames."

_PLAIN: Final = (
    _m(_P + "_plain_of asks whether not wrong", "torch_walk_index"),
    _m(_P + "unknown asks whether not self._survey.is_builtin(name, scopes[-1])",
       "fast_index_rebound", instead="False"),
    _m(_P + "unknown asks whether not all((isinstance(each, _BOOLEAN) for each in ops))",
       "fast_index_of_expression", instead="False"),
    _m(_P + "unknown asks whether name in _PLAIN_IF_ARGUMENTS_ARE and len(args) >= 1 and"
       " (not keywords)", "fast_index_of_expression"),
    _m(_P + "unknown asks whether name not in _PLAIN_CALLS", "fast_index_of_expression",
       instead="False"),
    _m("list _BOOLEAN", "fast_index_of_expression", instead=(ast.Lt,)),
    _m("list _PLAIN_CALLS", "fast_index_of_expression", instead=("next",)),
    _m("list _PLAIN_IF_ARGUMENTS_ARE", "fast_index_of_expression", instead=("list",)),
    _m(_P + "_is_plain_name asks whether scope.kind != 'class' and name in scope.sources",
       "fast_index_of_other_scope", instead="name in scope.sources"),
    _m(_P + "_is_plain_name answers scope.kind != 'module' and name in"
       " self._plain_of(scope, scopes[:depth])", "index_replaced",
       instead="name in self._plain_of(scope, scopes[:depth])"),
    _m(_P + "_is_plain_name asks whether scopes[-1].kind == 'class'",
       "fast_index_of_other_scope", instead="False"),
)  # fmt: skip


def _in_the_scope_around(self: Any, node: Any) -> Any:
    """A comprehension, as if its variables were those of the function around it."""
    for generator in node.generators:
        generator.iter = self.visit(generator.iter)
        generator.ifs = [self.visit(each) for each in generator.ifs]
    for part in {"elt", "key", "value"} & {*node._fields}:
        setattr(node, part, self.visit(getattr(node, part)))
    return node


_COMPREHENSIONS: Final = tuple(
    _m(f"visitor visit_{kind}", "fast_index_of_other_scope", instead=_in_the_scope_around)
    for kind in ("DictComp", "GeneratorExp", "ListComp", "SetComp")
)

_STEADY: Final = tuple(
    _m(rule, "fast_index_rebound_meanwhile", instead=instead)
    for rule, instead in {
        "Survey.is_local asks whether name in self.shared or '__' in name": "False",
        "Survey.is_local asks whether name in scope.sources": None,
        "Survey.is_local asks whether scope.kind != 'comprehension'": "False",
        _S + "_comprehension calls self.scope(node, kind, [])":
            "self.survey.scopes[id(node)] = self._stack[-1]",
    }.items()
)  # fmt: skip

_KNOWN: Final = (
    _m("FastWays._know.know asks whether guards.is_own_function(value) or (is_class(value) and"
       " guards.is_own_class(value))", "function_replaced_again"),
)  # fmt: skip

_CALLED_BACK: Final = (
    _m("list _FUNCTION_TYPES", "calls_map_of_reduce", instead=lambda old: frozenset(),
       along=NAMES),
    _m("list _WALKING", "calls_list_of_processors", instead=lambda old: (), along=NAMES),
)  # fmt: skip

MUTATIONS: Final = (
    *_BUILTINS, *_STATEMENTS, *_INSIDE, *_FIRST_LOOP, *_PATTERNS, *_REBOUND, *_REBOUND_CALLED,
    *_PLAIN, *_COMPREHENSIONS, *_STEADY, *_KNOWN, *_CALLED_BACK,
)  # fmt: skip

_OWN_FRAME: Final = (
    "a class body's or module's frame alone binds what it reads: what other frames bind there is"
    " under `global` or `nonlocal`, which is asked first"
)
_CONSTANTS: Final = "the parser makes constants of these types alone"

_AT_ONCE: Final = (
    "nothing runs between the looks that ask this and the use, whatever the variable is bound to;"
    " where code may run between them, `is_local` is asked"
)

#: Rules of the survey that no attack needs.
EXEMPT: Final = {
    "Survey.is_steady answers scopes[-1].kind != 'class'": _OWN_FRAME,
    "Survey.is_steady asks whether self.is_local(name, scopes)": _AT_ONCE,
    "Survey.is_steady asks whether name in self.shared or '__' in name or name not in self.once":
        _AT_ONCE,
    "survey asks whether found.is_unique(name, found.scopes[id(tree)])":
        "who takes a name for what one statement binds asks `is_unique` of it once more; else it"
        " counts as steady, and " + _AT_ONCE,
    "Survey.is_local asks whether scope.kind not in ('function', 'generator', 'comprehension')":
        _OWN_FRAME,
    _S + "visit_AsyncFunctionDef calls self.visit_FunctionDef(node)":
        "an async function is refused itself",
    _S + "visit_Import calls self._import(alias, alias.name if alias.asname else"
    " _bound_by_alias(alias))":
        "`import` binds exactly a module's stand-in: it is not called, torch walks none as an"
        " index, and no operator works in place on an array through it",
    _S + "visit_MatchMapping calls self._bind(node.rest)":
        "`**rest` binds exactly a dict: it is not called, torch walks none as an index, and no"
        " operator works in place on an array through it",
    _P + "_is_plain_source asks whether isinstance(source, LoopCounter)":
        "a counter is no expression that could be plain, and an expression has no function to be"
        " asked for: taken for the other, either keeps the guard or compiles nothing",
    _P + "unknown asks whether len(args) == 1 and name in ('min', 'max')":
        "what can be gone over among plain values (text, bytes, a range) yields plain ones",
    _P + "unknown asks whether type(value) not in _CONSTANTS": _CONSTANTS,
    "list _CONSTANTS": _CONSTANTS,
    "list BUILTIN_METHODS":
        "a table of methods answers for plain types with what is listed and calls nothing back,"
        " for own classes with their own functions, for others not at all, whatever the name",
    "list TEXT_METHODS": "chooses how long an object is held after its method was called",
    "list _SUMS":
        "what an operator gave is looked at itself before it is an index, whatever the operator",
    "list _WITH_TOKENS": "`_real_classes` gives back what is neither a token nor a tuple",
}  # fmt: skip
