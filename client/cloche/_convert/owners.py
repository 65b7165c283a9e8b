"""What techniques belong to: a class, or, for bare functions that take `self`, the source itself.

A class with Modal's decorators is one. Of the others, a class whose methods read `self.model` or
`self.tokenizer`, unless the source makes such objects itself: `Patcher(model, layer)` inside a
technique is an ordinary class and stays.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

import libcst as cst
import libcst.matchers as m

from cloche._convert import modal_names

if TYPE_CHECKING:
    from cloche._convert.modal_names import ModalNames
    from cloche._convert.reading import Problems, Reading

Kind = Literal["method", "static", "class", "property", "cached"]

HELD = ("model", "tokenizer")

_KINDS: dict[str, Kind] = {
    "staticmethod": "static",
    "classmethod": "class",
    "property": "property",
    "cached_property": "cached",
}
# Of the object's life, not of the technique: there is no object.
_LIFE = frozenset({"__init__", "__post_init__", "__enter__", "__exit__", "__del__"})
_MARKS = frozenset({"override", "final"})


@dataclass
class Member:
    """A method that becomes a function. `self_name` is its first parameter, "" where static."""

    node: cst.FunctionDef
    kind: Kind
    self_name: str
    is_entry: bool
    dropped_decorators: list[cst.Decorator] = field(default_factory=list)
    name: str = ""
    # Another name for the function, where its own is a local variable's too.
    alias: str = ""

    @property
    def takes_model(self) -> bool:
        return self.kind not in ("static", "class")


@dataclass
class Owner:
    """`node` is None for bare functions. `attributes` are the class's own: constants, classes."""

    node: cst.ClassDef | None
    name: str
    members: dict[str, Member] = field(default_factory=dict)
    setups: list[cst.FunctionDef] = field(default_factory=list)
    attributes: dict[str, list[cst.BaseStatement]] = field(default_factory=dict)
    is_modal: bool = False


def first_parameter(function: cst.FunctionDef) -> cst.Param | None:
    """The parameter that takes the object, if the function has a positional one."""
    parameters = (*function.params.posonly_params, *function.params.params)
    return parameters[0] if parameters else None


def find_owners(reading: Reading, modal: ModalNames, problems: Problems) -> list[Owner]:
    """The owners in the source's order; bare functions, if there are any, come last."""
    owners = [
        _describe(statement, reading, modal, problems)
        for statement in reading.module.body
        if isinstance(statement, cst.ClassDef) and _is_technique_class(statement, reading, modal)
    ]
    if not owners and not any(isinstance(s, cst.FunctionDef) for s in reading.module.body):
        # Nothing but classes: then what no other code makes is what is meant.
        owners = [
            _describe(statement, reading, modal, problems)
            for statement in reading.module.body
            if isinstance(statement, cst.ClassDef)
            and not made_outside(statement, reading)
            and any(isinstance(s, cst.FunctionDef) for s in statement.body.body)
        ]
    bare = Owner(None, "")
    for statement in reading.module.body:
        if isinstance(statement, cst.FunctionDef) and _is_bare_method(statement, reading):
            _add(bare, statement, reading, modal, problems)
    return [*owners, bare] if bare.members else owners


def _is_technique_class(node: cst.ClassDef, reading: Reading, modal: ModalNames) -> bool:
    if reading.indented or is_modal_class(node, modal):
        return True
    methods = [s for s in node.body.body if isinstance(s, cst.FunctionDef)]
    if not any(reads_held(method, reading) for method in methods) and not _loads(node):
        return False
    if not made_outside(node, reading):
        return True
    # Made somewhere: an ordinary class, unless it can only have got its model from a loader.
    return not node.bases and not any(_takes_held(method) for method in methods) and (
        _loads(node) or not any(stores_held(method, reading) for method in methods)
    ) and not node.decorators  # fmt: skip


def made_outside(node: cst.ClassDef, reading: Reading) -> list[cst.CSTNode]:
    """Where the source uses a class, other than in the class itself and to run the file."""
    return [
        use
        for use in reading.uses(node.name.value, reading.globals)
        if not any(around is node or modal_names.runs_file(around) for around in reading.above(use))
    ]


def is_modal_class(node: cst.ClassDef, modal: ModalNames) -> bool:
    decorators = [*node.decorators]
    for statement in node.body.body:
        if isinstance(statement, cst.FunctionDef):
            decorators.extend(statement.decorators)
    return any(modal.role(decorator) is not None for decorator in decorators)


def reads_held(method: cst.FunctionDef, reading: Reading) -> bool:
    return any(attribute.attr.value in HELD for attribute in self_attributes(method, reading))


def stores_held(method: cst.FunctionDef, reading: Reading) -> bool:
    """Whether a method sets `self.model` or `self.tokenizer`."""
    return any(
        attribute.attr.value in HELD and reading.is_changed(attribute)
        for attribute in self_attributes(method, reading)
    )


def self_attributes(method: cst.FunctionDef, reading: Reading) -> list[cst.Attribute]:
    """Every `self.name` in a method, in its nested functions too."""
    first = first_parameter(method)
    if first is None:
        return []
    found = []
    for use in reading.parameter_uses(method, first.name.value):
        parent = reading.parents[use]
        if isinstance(parent, cst.Attribute) and parent.value is use:
            found.append(parent)
    return found


def _takes_held(method: cst.FunctionDef) -> bool:
    params = (*method.params.params, *method.params.kwonly_params)
    return method.name.value == "__init__" and any(p.name.value in HELD for p in params)


def _loads(node: cst.ClassDef) -> bool:
    return bool(m.findall(node, m.Attribute(attr=m.Name("from_pretrained"))))


def _is_bare_method(node: cst.FunctionDef, reading: Reading) -> bool:
    """A function that takes `self` and that nothing uses as a value (`MethodType(f, module)`)."""
    first = first_parameter(node)
    if first is None or first.name.value != "self":
        return False
    uses = reading.uses(node.name.value, reading.globals)
    return all(with_self(use, reading) is not None for use in uses)


def with_self(use: cst.CSTNode, reading: Reading) -> cst.Name | None:
    """The object that a call hands on by hand: `self` in `helper(self, x)`, else None."""
    call = reading.parents[use]
    if not isinstance(call, cst.Call) or call.func is not use or not call.args:
        return None
    given = call.args[0]
    if given.star or given.keyword is not None or not isinstance(given.value, cst.Name):
        return None
    for function in reading.above(call):
        if isinstance(function, cst.FunctionDef):
            first = first_parameter(function)
            if first is not None and given.value in reading.parameter_uses(
                function, first.name.value
            ):
                return given.value
    return None


def _describe(node: cst.ClassDef, reading: Reading, modal: ModalNames, problems: Problems) -> Owner:
    owner = Owner(node, "" if reading.indented else node.name.value)
    owner.is_modal = is_modal_class(node, modal)
    for argument in (*node.bases, *node.keywords):
        if not m.matches(argument, m.Arg(m.Name("object"), keyword=None)):
            problems.add(
                argument,
                "class",
                f"what {owner.name} inherits cannot be told from here",
                "write the methods that it uses into the class itself",
            )
    for decorator in node.decorators:
        if modal.role(decorator) is None and last_name(decorator.decorator) != "dataclass":
            problems.add(
                decorator,
                "decorator",
                "a decorator of the class cannot act on functions",
                "write what it does into the methods",
            )
    for statement in node.body.body:
        if isinstance(statement, cst.FunctionDef):
            _add(owner, statement, reading, modal, problems)
        elif isinstance(statement, cst.ClassDef):
            owner.attributes.setdefault(statement.name.value, []).append(statement)
        elif isinstance(statement, cst.SimpleStatementLine):
            for small in statement.body:
                _add_attributes(owner, statement, small, problems)
        elif isinstance(statement, cst.BaseSmallStatement):  # class A: x = 1
            line = cst.SimpleStatementLine([statement])
            _add_attributes(owner, line, statement, problems)
        else:
            problems.add(
                statement,
                "class",
                "a compound statement in the class's body is not carried over",
                "move it out of the class",
            )
    return owner


def _add_attributes(
    owner: Owner, line: cst.SimpleStatementLine, small: cst.CSTNode, problems: Problems
) -> None:
    if isinstance(small, cst.AnnAssign) and small.value is None:
        return  # says what the object holds
    targets: list[cst.BaseExpression] = []
    if isinstance(small, cst.Assign):
        targets = [target.target for target in small.targets]
    elif isinstance(small, (cst.AnnAssign, cst.AugAssign)):
        targets = [small.target]
    elif isinstance(small, cst.Pass) or m.matches(
        small, m.Expr(m.SimpleString() | m.ConcatenatedString() | m.Ellipsis())
    ):
        return
    names = [n for target in targets for n in _target_names(target)]
    if not names:
        problems.add(
            small,
            "class",
            "this statement in the class's body is not carried over",
            "move it out of the class",
        )
    for name in names:
        owner.attributes.setdefault(name, []).append(line)


def _target_names(target: cst.BaseExpression) -> list[str]:
    if isinstance(target, cst.Name):
        return [target.value]
    if isinstance(target, (cst.Tuple, cst.List)):
        return [name for element in target.elements for name in _target_names(element.value)]
    return []


def _add(
    owner: Owner,
    node: cst.FunctionDef,
    reading: Reading,
    modal: ModalNames,
    problems: Problems,
) -> None:
    name = node.name.value
    roles = [role for d in node.decorators if (role := modal.role(d)) is not None]
    if set(roles) & modal_names.SETUP or name in _LIFE or _sets_up(node, roles, reading):
        owner.setups.append(node)
        return
    member = Member(node, "method", "", is_entry=False)
    for decorator in node.decorators:
        _read_decorator(member, decorator, reading, modal, problems)
    _refuse_shape(member, owner, reading, problems)
    if member.kind != "static":
        first = first_parameter(node)
        if first is None or first.default is not None:
            problems.add(
                node.name,
                "self",
                f"{name} does not take the object as its first parameter",
                "write self first, or decorate it with @staticmethod",
            )
            return
        member.self_name = first.name.value
    public = not name.startswith("_") or name == "__call__"
    if owner.is_modal:
        public = bool(set(roles) & modal_names.ENTRY)
    member.is_entry = public and member.kind == "method"
    owner.members[name] = member


def _sets_up(node: cst.FunctionDef, roles: list[str], reading: Reading) -> bool:
    """Whether a method is there to load the model: it sets it, and needs no argument."""
    if set(roles) & modal_names.ENTRY:
        return False
    first = first_parameter(node)
    parameters = (*node.params.posonly_params, *node.params.params, *node.params.kwonly_params)
    return stores_held(node, reading) and all(
        parameter.default is not None for parameter in parameters if parameter is not first
    )


def _read_decorator(
    member: Member,
    decorator: cst.Decorator,
    reading: Reading,
    modal: ModalNames,
    problems: Problems,
) -> None:
    role, name = modal.role(decorator), last_name(decorator.decorator)
    if role is not None:
        if role not in modal_names.ENTRY | modal_names.HARMLESS:
            problems.add(
                decorator,
                "decorator",
                f"Modal's {role} changes how the method is called",
                "write a method that takes the arguments of one call, with @modal.method()",
            )
        member.dropped_decorators.append(decorator)
    elif name in _KINDS:
        member.kind = _KINDS[name]
        member.dropped_decorators.append(decorator)
    elif name in _MARKS:
        member.dropped_decorators.append(decorator)
    elif name in ("setter", "deleter", "overload", "abstractmethod"):
        problems.add(
            decorator,
            "decorator",
            f"@{name} has no meaning for a function",
            "leave the method out, or write a function with a name of its own",
        )
    else:
        _refuse_taking_self(decorator, reading, problems)


def _refuse_taking_self(decorator: cst.Decorator, reading: Reading, problems: Problems) -> None:
    """A decorator of the source's own whose wrapper takes the object would get the model."""
    name = decorator.decorator.func if m.matches(decorator.decorator, m.Call()) else (  # type: ignore[attr-defined]
        decorator.decorator
    )  # fmt: skip
    for statement in reading.module.body:
        if isinstance(statement, cst.FunctionDef) and m.matches(name, m.Name(statement.name.value)):
            for inner in m.findall(statement.body, m.FunctionDef() | m.Lambda()):
                params = inner.params  # type: ignore[attr-defined]
                if any(p.name.value == "self" for p in (*params.posonly_params, *params.params)):
                    problems.add(
                        decorator,
                        "decorator",
                        f"{statement.name.value} (line {reading.line(statement)}) wraps methods: "
                        "its inner function takes self",
                        "let it take *args and hand them on",
                    )
                    return


def _refuse_shape(member: Member, owner: Owner, reading: Reading, problems: Problems) -> None:
    node = member.node
    name = node.name.value
    for function in [node, *m.findall(node.body, m.FunctionDef())]:
        asynchronous = cst.ensure_type(function, cst.FunctionDef).asynchronous
        if asynchronous is not None:
            problems.add(
                asynchronous,
                "async",
                "async is refused: a technique runs alone and has nothing to wait for",
                "write a plain function; for a stream of values, a generator",
            )
    if name.startswith("__") and name.endswith("__") and name != "__call__":
        problems.add(
            node.name,
            "class",
            f"the special method {name} has no meaning without the object",
            "leave it out, or give it a name of its own",
        )
    if name in owner.members or name in owner.attributes:
        problems.add(
            node.name, "name", f"{name} is defined twice in the class", "leave one of them out"
        )


def last_name(expression: cst.BaseExpression) -> str:
    """`cache` of functools.cache, `lru_cache` of lru_cache(maxsize=None)."""
    if isinstance(expression, cst.Call):
        return last_name(expression.func)
    if isinstance(expression, cst.Attribute):
        return expression.attr.value
    return expression.value if isinstance(expression, cst.Name) else ""
