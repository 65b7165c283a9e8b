"""Convert classes: keep them as they are, and let `__init__` take the loaded model."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeGuard

from cloche.convert.functions import HELD, OF_MODEL, first_parameter
from cloche.convert.modal_names import ENTRY, HARMLESS, LEFT_OUT, SETUP, ModalNames
from cloche.convert.text import Source

Function = ast.FunctionDef | ast.AsyncFunctionDef
# Where the model is and how it is kept is the server's to decide.
_PLACING = frozenset({"to", "cuda", "cpu", "half", "bfloat16", "float", "eval", "compile"})
_BACKGROUND = frozenset({"map", "starmap", "spawn", "for_each", "spawn_map"})


@dataclass(frozen=True)
class Owner:
    """A class to convert; `methods` by name, as the class body leaves them."""

    node: ast.ClassDef
    methods: dict[str, Function]
    bases: tuple[str, ...]

    @property
    def name(self) -> str:
        return self.node.name


def find_owners(source: Source, modal: ModalNames) -> dict[str, Owner]:
    """Returns the classes whose objects hold the model, by name, in the source's order."""
    classes: dict[str, Owner] = {}
    for node in source.tree.body:
        if isinstance(node, ast.ClassDef):
            methods = {each.name: each for each in node.body if isinstance(each, Function)}
            bases = tuple(base.id for base in node.bases if isinstance(base, ast.Name))
            classes[node.name] = Owner(node, methods, bases)
    owners: dict[str, Owner] = {}
    others: dict[str, Owner] = {}
    for owner in classes.values():
        kin = [each for each in classes.values() if owner in lineage(each, classes)]
        makers = [call for each in kin for call in _made_at(source, each.node, modal)]
        of_modal = any(map(modal.roles, (owner.node, *owner.methods.values())))
        if of_modal and makers:
            source.problem(
                makers[0],
                "class",
                f"{owner.name} is made here, and loads the model when it is made",
                "leave this line out: each entry point makes one around the loaded model",
            )
        inherits = any(base in owners for base in owner.bases)
        if of_modal or (not makers and (inherits or _holds_model(owner))):
            owners[owner.name] = owner
        elif not makers and owner.methods:
            others[owner.name] = owner
    has_functions = any(isinstance(node, Function) for node in source.tree.body)
    return owners if owners or has_functions else others


def lineage(owner: Owner, classes: dict[str, Owner]) -> list[Owner]:
    """Returns a class after those of the source that it inherits from."""
    found: list[Owner] = []
    for name in owner.bases:
        if name in classes and classes[name] is not owner:
            found += [each for each in lineage(classes[name], classes) if each not in found]
    return [*found, owner]


def _holds_model(owner: Owner) -> bool:
    return any(
        (_is_of_self(node, method) and node.attr in HELD) or _loads(node)
        for method in owner.methods.values()
        for node in ast.walk(method)
    )


def _is_of_self(node: ast.AST, method: Function) -> TypeGuard[ast.Attribute]:
    arg = first_parameter(method)
    return (
        isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and arg is not None
        and node.value.id == arg.arg
    )


def _loads(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "from_pretrained"
    )


def _made_at(source: Source, node: ast.ClassDef, modal: ModalNames) -> Iterator[ast.AST]:
    """Yields the calls of a class outside it, in what stays of the source."""
    for statement in source.tree.body:
        if statement is node or modal.drops(statement):
            continue
        for each in ast.walk(statement):
            if isinstance(each, ast.Call) and ast.unparse(each.func) == node.name:
                yield each


def snake_case(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower()


class ClassConversion:
    """The edits of one class."""

    def __init__(
        self, source: Source, modal: ModalNames, owner: Owner, owners: dict[str, Owner]
    ) -> None:
        self._source = source
        self._modal = modal
        self._owner = owner
        self._owners = owners
        self._init = owner.methods.get("__init__")
        self._given = self._init is not None and _takes_model(self._init)

    def edit(self) -> None:
        """Takes out what loads and what is Modal's, and gives `__init__` the loaded model."""
        self._strip_decorators(self._owner.node)
        setups = []
        for name, method in self._owner.methods.items():
            roles = self._modal.roles(method)
            self._strip_decorators(method)
            if roles & LEFT_OUT and not roles & SETUP:
                self._source.remove(method)
            elif method is not self._init and (roles & SETUP or self._is_loader(method)):
                if self._edit_loading(method):
                    self._fill_parameters(method)
                    setups.append(name)
            elif method is self._init and not self._given:
                self._edit_loading(method)
            else:
                self._edit_calls(method)
        self._edit_fields()
        if self._given:
            return
        if self._init is None:
            if not any(base in self._owners for base in self._owner.bases) or setups:
                self._add_init(setups)
        else:
            self._extend_init(self._init, setups)

    def entries(self) -> Iterator[tuple[str, Function]]:
        """Yields each entry point's name and method, inherited ones included."""
        methods: dict[str, Function] = {}
        for owner in lineage(self._owner, self._owners):
            methods.update(owner.methods)
        marked = {name for name, each in methods.items() if self._modal.roles(each) & ENTRY}
        for name, method in methods.items():
            arg = first_parameter(method)
            plain = name == "__call__" or not name.startswith("_")
            if name not in marked and (marked or not plain or not _is_method(method)):
                continue
            if arg is None or self._modal.roles(method) & (SETUP | LEFT_OUT):
                continue
            if name in marked or not self._sets_model(method):
                if isinstance(method, ast.AsyncFunctionDef):
                    self._source.problem(
                        method,
                        "async",
                        f"{name} is async, and a call runs no event loop",
                        "write a plain method",
                    )
                yield name, method

    def making(self) -> str:
        """Returns the expression that makes the object around `model` and `tokenizer`."""
        if self._given and self._init is not None:
            by_name = set(HELD) <= {arg.arg for arg in _parameters(self._init)}
        else:
            by_name = self._init is None and self._is_dataclass()
        passed = "model=model, tokenizer=tokenizer" if by_name else "model, tokenizer"
        return f"{self._owner.name}({passed})"

    def _is_dataclass(self) -> bool:
        fields = {
            node.target.id
            for node in self._owner.node.body
            if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name)
        }
        named = " ".join(ast.unparse(each) for each in self._owner.node.decorator_list)
        return "dataclass" in named and set(HELD) <= fields

    def _missing(self) -> list[str]:
        """Returns what the class reads of the model through itself and sets nowhere."""
        read: set[str] = set()
        known: set[str] = set()
        for owner in lineage(self._owner, self._owners):
            known.update(owner.methods)
            for node in ast.walk(owner.node):
                if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                    known.add(node.id)
            for method in owner.methods.values():
                for node in ast.walk(method):
                    if _is_of_self(node, method):
                        (read if isinstance(node.ctx, ast.Load) else known).add(node.attr)
        return [name for name in OF_MODEL if name in read - known]

    def _strip_decorators(self, node: ast.ClassDef | Function) -> None:
        for decorator in node.decorator_list:
            role = self._modal.role(decorator)
            if role is None:
                continue
            if isinstance(node, Function) and role not in SETUP | LEFT_OUT | ENTRY | HARMLESS:
                self._source.problem(
                    decorator,
                    "decorator",
                    f"modal.{role} makes {node.name} something that is served",
                    "leave the method out, or write it as a plain one",
                )
            self._source.remove_decorator(decorator)

    def _sets_model(self, method: Function) -> bool:
        return any(
            _is_of_self(node, method) and node.attr in HELD and isinstance(node.ctx, ast.Store)
            for node in ast.walk(method)
        )

    def _is_loader(self, method: Function) -> bool:
        """Whether a method makes the model itself: one that is given it only stores it."""
        return self._sets_model(method) and (
            len([*method.args.posonlyargs, *method.args.args]) == 1
            or any(map(_loads, ast.walk(method)))
        )

    def _edit_loading(self, method: Function) -> bool:
        """Takes the loading out of a method; returns whether anything is left to be run."""
        kept = 0
        for statement in _simple_statements(method):
            if _is_docstring(statement, method) or isinstance(statement, ast.Pass):
                continue
            if self._only_loads(statement, method):
                in_init = self._source.parents[statement] is self._init
                self._source.remove(statement, leave_empty=in_init)
                continue
            kept += 1
            arg = first_parameter(method)
            for node in ast.walk(statement):
                if _loads(node) and arg is not None:
                    text = ast.unparse(node.func)  # type: ignore[attr-defined]
                    which = "tokenizer" if re.search("Tokenizer|Processor", text) else "model"
                    self._source.replace(node, f"{arg.arg}.{which}")
        if kept or method is self._init:
            return True
        uses = [
            node
            for node in ast.walk(self._source.tree)
            if isinstance(node, ast.Attribute) and node.attr == method.name
        ]
        if not uses:
            self._source.remove(method)
        return False

    def _only_loads(self, statement: ast.stmt, method: Function) -> bool:
        """Whether a statement sets the model or the tokenizer, or says where the model goes."""
        if self._modal.mentioned_in(statement):
            return True
        if isinstance(statement, (ast.Assign, ast.AnnAssign)):
            targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
            names = [each for target in targets for each in _targets(target)]
            return all(_is_of_self(each, method) and each.attr in HELD for each in names)
        call = statement.value if isinstance(statement, ast.Expr) else None
        while isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute):
            if call.func.attr not in _PLACING:
                return False
            call = call.func.value
        return call is not None and _is_of_self(call, method) and call.attr == "model"

    def _edit_calls(self, method: Function) -> None:
        """Turns `self.helper.remote(x)` into a call, and refuses what needs Modal."""
        for node in ast.walk(method):
            if not isinstance(node, ast.Attribute) or not isinstance(node.value, ast.Attribute):
                continue
            inner = node.value
            if not _is_of_self(inner, method) or inner.attr not in self._owner.methods:
                continue
            if node.attr in ("remote", "local", "remote_gen"):
                self._source.replace_span(
                    self._source.span(inner)[1], self._source.span(node)[1], b""
                )
            elif node.attr in _BACKGROUND:
                self._source.problem(
                    node,
                    "modal",
                    f"{node.attr} starts calls on Modal's machines",
                    f"write a loop that calls self.{inner.attr}",
                )

    def _edit_fields(self) -> None:
        """Gives `name: str = modal.parameter(default="x")` its default."""
        for node in self._owner.node.body:
            if not isinstance(node, (ast.Assign, ast.AnnAssign)):
                continue
            call = node.value
            if not isinstance(call, ast.Call) or not self._modal.mentioned_in(call):
                continue
            default = next((each.value for each in call.keywords if each.arg == "default"), None)
            if default is None:
                self._source.problem(
                    call,
                    "modal",
                    "this is given when the class is made on Modal",
                    "write the value here",
                )
            else:
                self._source.replace(call, self._source.segment(default))

    def _add_init(self, setups: list[str]) -> None:
        if self._is_dataclass():
            return
        body = [node for node in self._owner.node.body if not self._source.is_removed(node)]
        first = next((node for node in body if isinstance(node, Function)), body[-1])
        indent = self._source.indent_of(first).decode()
        lines = ["def __init__(self, model, tokenizer):"]
        if any(base not in self._owners for base in map(ast.unparse, self._owner.node.bases)):
            lines.append("    super().__init__()")
        elif any(base in self._owners for base in self._owner.bases):
            lines.append("    super().__init__(model, tokenizer)")
        lines.append("    self.model, self.tokenizer = model, tokenizer")
        lines.extend(f"    self.{name} = model.{name}" for name in self._missing())
        lines.extend(f"    self.{name}()" for name in setups)
        newline = self._source.newline.decode()
        text = f"{newline}{indent}".join(lines)
        if first.lineno == self._owner.node.lineno:  # class B: x = 1
            self._source.problem(
                self._owner.node, "class", "the class stands on one line", "write it on several"
            )
            return
        self._source.insert(self._source.line_start(first), f"{indent}{text}{newline}{newline}")

    def _extend_init(self, init: Function, setups: list[str]) -> None:
        arg = first_parameter(init)
        if arg is None or not isinstance(init, ast.FunctionDef):
            return
        taken = {each.arg for each in _parameters(init)}
        model, tokenizer = (f"_{name}" if name in taken else name for name in HELD)
        self._source.replace(arg, f"{arg.arg}, {model}, {tokenizer}")
        self._fill_parameters(init)
        first, last = init.body[0], init.body[-1]
        if _is_docstring(first, init) and len(init.body) > 1:
            first = init.body[1]
        assigned = f"{arg.arg}.model, {arg.arg}.tokenizer = {model}, {tokenizer}"
        for name in self._missing():
            assigned += f"; {arg.arg}.{name} = {model}.{name}"
        newline = self._source.newline.decode()
        if first.lineno == init.lineno:
            self._source.insert(self._source.span(first)[0], f"{assigned}; ")
            called = "".join(f"; {arg.arg}.{name}()" for name in setups)
        else:
            indent = self._source.indent_of(first).decode()
            start = self._source.line_start(first)
            self._source.insert(start, f"{indent}{assigned}{newline}")
            called = "".join(f"{newline}{indent}{arg.arg}.{name}()" for name in setups)
        body = {node.attr for node in ast.walk(init) if isinstance(node, ast.Attribute)}
        if called and not body & set(setups):
            self._source.insert(self._source.span(last)[1], called)
        if any(base in self._owners for base in self._owner.bases):
            self._pass_on(init, f"{model}, {tokenizer}")

    def _pass_on(self, init: Function, passed: str) -> None:
        for node in ast.walk(init):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr == "__init__"
            ):
                opens = self._source.text.index(b"(", self._source.span(node.func)[1])
                more = ", " if node.args or node.keywords else ""
                self._source.insert(opens + 1, passed + more)

    def _fill_parameters(self, init: Function) -> None:
        """Gives parameters that nothing reads any more a default, and refuses the others."""
        arguments = init.args
        positional = [*arguments.posonlyargs, *arguments.args]
        required = positional[1 : len(positional) - len(arguments.defaults)]
        required += [
            arg
            for arg, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
            if default is None
        ]
        for arg in required:
            used = any(
                isinstance(node, ast.Name)
                and node.id == arg.arg
                and not self._source.is_removed(node)
                for statement in init.body
                for node in ast.walk(statement)
            )
            if used:
                self._source.problem(
                    arg, "init", f"nothing in a call says what {arg.arg} is", "give it a default"
                )
            else:
                self._source.insert(self._source.span(arg)[1], "=None")


def _is_method(method: Function) -> bool:
    named = {ast.unparse(each).split(".")[-1].split("(")[0] for each in method.decorator_list}
    return not named & {
        "staticmethod", "classmethod", "property", "cached_property", "setter", "contextmanager",
    }  # fmt: skip


def _takes_model(init: Function) -> bool:
    """Whether `__init__` is given the loaded model and tokenizer, not their names."""
    names = [arg.arg for arg in _parameters(init)]
    if set(HELD) <= set(names):
        return not any(map(_loads, ast.walk(init)))
    positional = [arg.arg for arg in [*init.args.posonlyargs, *init.args.args][1:]]
    return (
        len(positional) >= 2
        and positional[0] in ("model", "lm", "hf_model", "net", "llm")
        and positional[1].startswith("tok")
        and not any(map(_loads, ast.walk(init)))
    )


def _parameters(function: Function) -> list[ast.arg]:
    arguments = function.args
    return [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs][1:]


def _simple_statements(node: ast.AST) -> Iterator[ast.stmt]:
    """Yields the statements of a function that hold no others, inner functions left out."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.expr)):
            continue
        if isinstance(child, ast.stmt) and not hasattr(child, "body"):
            yield child
        else:
            yield from _simple_statements(child)


def _targets(target: ast.expr) -> list[ast.expr]:
    if isinstance(target, (ast.Tuple, ast.List)):
        return [each for element in target.elts for each in _targets(element)]
    return [target]


def _is_docstring(statement: ast.stmt, function: Function) -> bool:
    return (
        statement is function.body[0]
        and isinstance(statement, ast.Expr)
        and isinstance(statement.value, ast.Constant)
        and isinstance(statement.value.value, str)
    )
