"""Rules that no attack of the corpus tells from their absence yet, and that no reason exempts.

Each is a gap in the corpus, not a rule that is known to be needless. Whoever writes an attack that
escapes without one of them moves it to a mutation.
"""

from __future__ import annotations

from typing import Final

NOT_YET: Final = (
    "PlainNames._is_plain_name asks whether scope.kind != 'class' and name in scope.sources",
    "PlainNames._is_plain_name asks whether scopes[-1].kind == 'class'",
    "PlainNames._is_plain_source asks whether isinstance(source, LoopCounter)",
    "PlainNames._plain_of asks whether not wrong",
    "PlainNames.unknown asks whether len(args) == 1 and name in ('min', 'max')",
    (
        "PlainNames.unknown asks whether name in _PLAIN_IF_ARGUMENTS_ARE and len(args) >="
        " 1 and (not keywords)"
    ),
    "PlainNames.unknown asks whether name not in _PLAIN_CALLS",
    "PlainNames.unknown asks whether not all((isinstance(each, _BOOLEAN) for each in ops))",
    "PlainNames.unknown asks whether not self._survey.is_builtin(name, scopes[-1])",
    "PlainNames.unknown asks whether type(value) not in _CONSTANTS",
    (
        "Survey.is_builtin answers scope.kind != 'class' and name not in self.bindings"
        " and (name not in self.shared)"
    ),
    "Survey.is_steady answers scopes[-1].kind != 'class'",
    "Survey.is_steady asks whether name in scope.sources",
    "Survey.is_steady asks whether name in self.once",
    "Survey.is_steady asks whether name in self.shared or '__' in name",
    "Survey.is_steady asks whether scope.kind != 'comprehension'",
    "Survey.is_steady asks whether scope.kind not in ('function', 'generator', 'comprehension')",
    (
        "Survey.is_unique answers scope.kind != 'class' and self.bindings[name] == 1 and"
        " (name not in self.shared) and ('__' not in name) and (name not in"
        " _BUILTIN_NAMES)"
    ),
    "_Surveyor._bind asks whether scope.kind != 'class'",
    "_Surveyor._bind_loop calls self._bind(first, LoopCounter('enumerate'))",
    "_Surveyor._bind_loop calls self._bind_target(target, source)",
    "_Surveyor._bind_target asks whether starred or len(parts) != len(values)",
    "_Surveyor._bind_target calls self._bind(name, source)",
    "_Surveyor._bind_target calls self._bind_target(part, None)",
    "_Surveyor._bind_target calls self._bind_target(part, value)",
    "_Surveyor._comprehension calls self._bind_loop(generator.target, generator.iter)",
    "_Surveyor._comprehension calls self.scope(node, kind, [])",
    "_Surveyor._visit_arguments asks whether arg is not None and arg.annotation is not None",
    "_Surveyor.scope calls self._bind(arg.arg)",
    "_Surveyor.visit_AnnAssign calls self._bind_target(node.target, node.value)",
    "_Surveyor.visit_Assign calls self._bind_target(target, node.value)",
    "_Surveyor.visit_AsyncFunctionDef calls self.visit_FunctionDef(node)",
    "_Surveyor.visit_AugAssign calls self._bind_target(node.target, node.value)",
    "_Surveyor.visit_ClassDef calls self._bind(node.name)",
    "_Surveyor.visit_ClassDef calls self.scope(node, 'class', node.body)",
    (
        "_Surveyor.visit_DictComp calls self._comprehension(node, node.generators[0],"
        " [node.key, node.value])"
    ),
    "_Surveyor.visit_ExceptHandler calls self._bind(node.name)",
    "_Surveyor.visit_ExceptHandler calls self.generic_visit(node)",
    "_Surveyor.visit_For calls self._bind_loop(node.target, node.iter)",
    "_Surveyor.visit_FunctionDef asks whether self._stack[-1].kind == 'class'",
    "_Surveyor.visit_FunctionDef calls self._bind(node.name)",
    "_Surveyor.visit_FunctionDef calls self._visit_arguments(node.args)",
    "_Surveyor.visit_FunctionDef calls self.scope(node, 'function', node.body, node.args)",
    "_Surveyor.visit_GeneratorExp calls self.visit_ListComp(node)",
    "_Surveyor.visit_Lambda calls self._visit_arguments(node.args)",
    "_Surveyor.visit_Lambda calls self.scope(node, 'function', [node.body], node.args)",
    "_Surveyor.visit_ListComp calls self._comprehension(node, node.generators[0], [node.elt])",
    "_Surveyor.visit_MatchAs calls self._bind(node.name)",
    "_Surveyor.visit_MatchAs calls self.generic_visit(node)",
    "_Surveyor.visit_MatchMapping calls self._bind(node.rest)",
    "_Surveyor.visit_MatchMapping calls self.generic_visit(node)",
    "_Surveyor.visit_MatchStar calls self._bind(node.name)",
    "_Surveyor.visit_Name asks whether not isinstance(node.ctx, ast.Load)",
    "_Surveyor.visit_Name calls self._bind(node.id)",
    (
        "_Surveyor.visit_NamedExpr asks whether self._stack[-1].kind not in"
        " ('comprehension', 'generator')"
    ),
    "_Surveyor.visit_NamedExpr calls self._bind_target(node.target, node.value)",
    "_Surveyor.visit_Nonlocal calls self.visit_Global(node)",
    "_Surveyor.visit_SetComp calls self.visit_ListComp(node)",
    "_Surveyor.visit_alias calls self._bind(_bound_by_alias(node))",
    "list BUILTIN_METHODS",
    "list TEXT_METHODS",
    "list _BOOLEAN",
    "list _BUILTIN_NAMES",
    "list _CONSTANTS",
    "list _FUNCTION_TYPES",
    "list _PLAIN_CALLS",
    "list _PLAIN_IF_ARGUMENTS_ARE",
    "list _SUMS",
    "list _WALKING",
    "list _WITH_TOKENS",
    "survey asks whether found.is_unique(name, found.scopes[id(tree)])",
    "visitor visit_DictComp",
    "visitor visit_GeneratorExp",
    "visitor visit_ListComp",
    "visitor visit_SetComp",
)
