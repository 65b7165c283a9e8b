"""What the source alone decides: names, attributes, imports, syntax."""

from __future__ import annotations

from typing import Any, Final

from cloche_server.walls.language.tables.rows import Allow

from tests.attacks.teeth.language.layers import (
    CALLING,
    DUNDER,
    FACADES,
    FUNCTION,
    IMPORTING,
    INSTANCE,
    NAMES,
    OWN,
    REACHING,
    READING,
    UNSAID,
)
from tests.attacks.teeth.mutation import Mutation, Removal
from tests.attacks.teeth.rules import CONSTANT, NAMELESS, UNIMPORTED


def _m(rule: str, *attacks: str, instead: Any = None, along: tuple[Removal, ...] = ()) -> Mutation:
    return Mutation(rule, attacks, instead, along)


_T: Final = "TechniqueTransformer."
_METACLASS: Final = (
    Removal("ClassGuard.build_class refuses if 'metaclass' in keywords"),
    Removal("ClassGuard.build_class asks whether enum.EnumType in mro_of(meta)", "False"),
)
_MEMBER: Final = f"{_T}_import_from refuses if not known and (not has_member(module, alias.name))"
_FROM: Final = Removal("_make_import_from.import_from refuses if name not in facade.members")
_GETATTR: Final = (
    Removal("_without_dunders.__getattr__ refuses if type(name) is not str or is_dunder(name)"),
)

_UNJUDGED: Final = (Removal("CallGuard.slow_call refuses at last", "return callee"),)
_UNBOUND: Final = (Removal("_Surveyor.visit_Assign calls self._bind_target(target, node.value)"),)

_NAMES: Final = (
    _m(_T + "visit_Name calls self.check_name(node, node.id)", "shadow_builtins_assigned"),
    _m(_T + "check_name refuses if name is not None and is_dunder(name) and"
       " (name not in BINDABLE)", "shadow_builtins_assigned"),
    _m(_T + "visit_Name refuses if is_dunder(node.id) and node.id not in LOADABLE",
       "shadow_builtins_read"),
    _m(_T + "visit_FunctionDef calls self.check_name(node, node.name)",
       "shadow_builtins_function"),
    _m(_T + "visit_ClassDef calls self.check_name(node, node.name)", "shadow_builtins_class"),
    _m(_T + "visit_ExceptHandler calls self.check_name(node, node.name)",
       "shadow_builtins_excepted"),
    _m("PatternLowering._capture calls self._transformer.check_name(node, name)",
       "shadow_builtins_captured"),
    _m(_T + "visit_keyword refuses if node.arg is not None and is_dunder(node.arg)",
       "syntax_keyword_argument"),
)  # fmt: skip

_ATTRIBUTES: Final = (
    _m(_T + "check_attribute refuses if is_dunder(name) and name not in READABLE",
       "attr_nfkc_name", along=READING),
    _m(_T + "visit_Attribute calls self.check_attribute(node, node.attr)", "attr_nfkc_name",
       along=READING),
    _m(_T + "_callee calls self.check_attribute(func, func.attr)", "read_reduce_called",
       along=(*READING, *CALLING)),
    _m(_T + "_write calls self.check_attribute(target, target.attr)", "set_interface_by_dot",
       "set_interface_by_annotation", along=OWN),
    _m(_T + "visit_AugAssign calls self.check_attribute(target, target.attr)",
       "set_interface_by_augmenting", along=(*OWN, *DUNDER, *INSTANCE, *_GETATTR)),
    _m("PatternLowering._class calls self._transformer.check_attribute(pattern, name)",
       "match_reads", along=FUNCTION),
)  # fmt: skip

_EXPRESSIONS: Final = (
    _m(_T + "visit_FunctionDef calls self._visit_parameters(node.args)", "syntax_default"),
    _m(_T + "visit_Lambda calls self._visit_parameters(node.args)", "syntax_lambda_default"),
    _m(_T + "visit_Subscript filters self.index(node.slice)", "syntax_index"),
    _m(_T + "_item_parts filters self.index(target.slice)", "syntax_index_augmented"),
    _m(_T + "_item_parts_in_view filters self.index(target.slice)",
       "syntax_index_augmented_in_class"),
    _m(_T + "index filters self.index(each)", "syntax_index_in_tuple"),
)  # fmt: skip

_IMPORTS: Final = (
    _m(_T + "_import refuses if not allowed", "import_shutil_module", along=IMPORTING),
    _m(_T + "_refuse_import refuses if not self.may_not_run", "import_shutil_module",
       along=IMPORTING),
    _m(_MEMBER, "import_from_unlisted", along=(_FROM, *FACADES)),
    _m("_make_import_from.import_from refuses if name not in facade.members",
       "import_from_unlisted", along=(Removal(_MEMBER), *FACADES)),
    _m("_make_import.import_module refuses if name not in facades", "import_shutil_module",
       instead="return __import__(name)",
       along=(Removal(_T + "_import refuses if not allowed"),)),
)  # fmt: skip

_SYNTAX: Final = (
    _m(_T + "visit_ClassDef refuses if keyword.arg is None or keyword.arg == 'metaclass'",
       "class_metaclass_function", "class_metaclass_function_hidden", along=_METACLASS),
    _m(_T + "visit_TryStar refuses at last", "syntax_except_star",
       instead="return self.node_contents_visit(node)"),
    _m(_T + "visit_AsyncFunctionDef refuses at last", "syntax_async", instead="return node",
       along=(Removal("absent builtin_types: coroutines",
                      (Allow("types:CoroutineType", "send", why="a careless row"),)),)),
    _m("compile_technique refuses if found.refusals", "shadow_builtins_assigned"),
    _m("_make_print.print refuses if type(option) not in (str, type(None))", "print_separator"),
)  # fmt: skip

_VISITORS: Final = (
    _m("visitor visit_Attribute", "attr_nfkc_name"),
    _m("visitor visit_AugAssign", "numpy_object_array_augmented"),
    _m("visitor visit_Call", "eval_builtin", along=REACHING),
    _m("visitor visit_ClassDef", "shadow_builtins_class"),
    _m("visitor visit_ExceptHandler", "shadow_builtins_excepted"),
    _m("visitor visit_FunctionDef", "shadow_builtins_function"),
    _m("visitor visit_Import", "import_shutil_module", along=(Removal(UNIMPORTED),)),
    _m("visitor visit_ImportFrom", "import_from_unlisted", along=(Removal(UNIMPORTED),)),
    _m("visitor visit_Match", "match_reads", instead=lambda self, node: node),
    _m("visitor visit_Name", "shadow_builtins_assigned"),
    _m("visitor visit_Subscript", "numpy_object_array_items"),
    _m("visitor visit_TryStar", "syntax_except_star"),
    _m("visitor visit_keyword", "syntax_keyword_argument"),
    _m(NAMELESS, "eval_builtin", along=(UNSAID, Removal(UNIMPORTED), *_UNJUDGED)),
    _m(UNIMPORTED, "eval_builtin", along=(*NAMES, *_UNJUDGED)),
    _m(CONSTANT, "fast_builtin_bound", along=(*NAMES, *_UNBOUND)),
)  # fmt: skip

MUTATIONS: Final = (
    *_NAMES, *_ATTRIBUTES, *_EXPRESSIONS, *_IMPORTS, *_SYNTAX, *_VISITORS,
)  # fmt: skip
