"""What `self.name` stands for once there is no object.

The model and the tokenizer are handed in. A constant of the class moves to the top level. What a
loading method computes from the model (`self.n_layers = self.model.config.num_hidden_layers`) can
be computed where it is used. Anything else is state, and state does not outlive a call.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import libcst as cst
import libcst.matchers as m

from cloche._convert.owners import HELD, Member, Owner, last_name, self_attributes

if TYPE_CHECKING:
    from cloche._convert.reading import Problems, Reading


@dataclass(frozen=True)
class Held:
    """The model or the tokenizer."""

    which: str


@dataclass(frozen=True)
class Called:
    """A method, a property, a function of the class."""

    member: Member


@dataclass(frozen=True)
class Constant:
    """An attribute of the class, to be found at the top level."""

    attribute: str


@dataclass(frozen=True)
class Derived:
    """An expression in which the names `model` and `tokenizer` stand for what is handed in."""

    expression: cst.BaseExpression


@dataclass(frozen=True)
class Nothing:
    """No meaning: `message` says why, `hint` what to write."""

    message: str
    hint: str


Meaning = Held | Called | Constant | Derived | Nothing

# Functions whose value depends on their arguments alone, and methods that only look something up.
_PURE = frozenset({"len", "int", "float", "str", "bool", "min", "max", "next", "range", "tuple"})
_GETTERS = frozenset(
    {
        "convert_tokens_to_ids", "get_input_embeddings", "get_output_embeddings", "get_text_config",
        "parameters",
    }
)  # fmt: skip
# What a loading method may do to the model without any effect that a technique could miss: the
# server has placed it, chosen its dtype and put it into evaluation.
_SERVERS_MATTER = frozenset(
    {"eval", "to", "cuda", "cpu", "half", "float", "bfloat16", "compile", "share_memory"}
)
_PARTS = (
    cst.Arg, cst.Attribute, cst.BaseBinaryOp, cst.BaseBooleanOp, cst.BaseCompOp,
    cst.BaseParenthesizableWhitespace, cst.BaseUnaryOp, cst.BinaryOperation, cst.BooleanOperation,
    cst.Call, cst.Comma, cst.Comment, cst.Comparison, cst.ComparisonTarget, cst.Dot, cst.Element,
    cst.EmptyLine, cst.Float, cst.IfExp, cst.Index, cst.Integer, cst.LeftParen,
    cst.LeftSquareBracket, cst.Name, cst.Newline, cst.RightParen, cst.RightSquareBracket,
    cst.SimpleString, cst.Subscript, cst.SubscriptElement, cst.TrailingWhitespace, cst.Tuple,
    cst.UnaryOperation,
)  # fmt: skip


class Meanings:
    """Of one owner's attributes."""

    def __init__(self, owner: Owner, reading: Reading) -> None:
        self._owner = owner
        self._reading = reading
        # Every place that sets self.name, with the value where it is a plain assignment.
        self._stores: dict[str, list[tuple[cst.FunctionDef, cst.BaseExpression | None]]] = {}
        for method in (*owner.setups, *(member.node for member in owner.members.values())):
            for attribute in self_attributes(method, reading):
                if reading.is_changed(attribute):
                    value = _assigned(attribute, reading)
                    self._stores.setdefault(attribute.attr.value, []).append((method, value))
        self._roles = self._loaded_under_other_names()
        self._pending: set[str] = set()

    def of(self, name: str) -> Meaning:
        """What `self.name` stands for where it is read."""
        member = self._owner.members.get(name)
        if name in HELD:
            return Held(name)
        if name in self._roles:
            return Held(self._roles[name])
        if member is not None:
            return Called(member)
        if name == "device" or (name == "dtype" and name not in self._owner.attributes):
            # Where a model itself says what objects around it tend to keep.
            return Derived(cst.Attribute(cst.Name("model"), cst.Name(name)))
        if name in self._owner.attributes and name not in self._stores:
            return Constant(name)
        if name == "config" and name not in self._stores:
            return Derived(cst.Attribute(cst.Name("model"), cst.Name(name)))
        return self._from_stores(name)

    def is_constant(self, name: str) -> bool:
        """Whether an attribute of the class holds one value for good."""
        return isinstance(self.of(name), Constant)

    def _from_stores(self, name: str) -> Meaning:
        setups = {setup.name.value: setup for setup in self._owner.setups}
        if name in setups:
            return Nothing(
                f"{name} (line {self._reading.line(setups[name])}) loads the model, which is "
                "loaded before your call begins",
                "leave the call out",
            )
        stores = self._stores.get(name, [])
        if name.startswith("__") and name.endswith("__"):
            return Nothing(
                f"{name} is the object's own, and there is none", "write out what it would give"
            )
        if not stores:
            return Nothing(
                f"nothing in this source says what self.{name} is",
                f"take {name} as an argument",
            )
        setting, value = stores[0]
        if all(method in self._owner.setups for method, _ in stores):
            if len(stores) == 1 and value is not None and name not in self._pending:
                self._pending.add(name)
                derived = self._derive(value, setting)
                self._pending.discard(name)
                if derived is not None:
                    return Derived(derived)
            return Nothing(
                f"self.{name} is made by {setting.name.value} "
                f"(line {self._reading.line(setting)}), which does not run in a call, and "
                "not from the model and the tokenizer alone",
                f"make {name} in the technique, or take it as an argument",
            )
        return Nothing(
            f"self.{name} is kept on the object, and there is none",
            f"use a local variable {name}; hand it on as an argument, return it as a result",
        )

    def check_setups(self, problems: Problems) -> None:
        """Refuses to lose what a loading method does to the model beyond loading it."""
        for setup in self._owner.setups:
            for attribute in self_attributes(setup, self._reading):
                if isinstance(self.of(attribute.attr.value), Held):
                    self._check_effect(attribute, setup, problems)

    def _check_effect(
        self, held: cst.Attribute, setup: cst.FunctionDef, problems: Problems
    ) -> None:
        node: cst.CSTNode = held
        parent = self._reading.parents[node]
        while isinstance(parent, (cst.Attribute, cst.Subscript)) and parent.value is node:
            node, parent = parent, self._reading.parents[parent]
        changes = node is not held and self._reading.is_changed(node)
        acts = (
            isinstance(parent, cst.Call)
            and parent.func is node
            and isinstance(self._reading.parents[parent], cst.Expr)
            and last_name(parent.func) not in _SERVERS_MATTER
        )
        if changes or acts:
            which = self.of(held.attr.value)
            assert isinstance(which, Held)  # noqa: S101  # by the caller
            problems.add(
                node,
                "state",
                f"{setup.name.value} changes the {which.which}, and does not run in a call",
                "do this at the beginning of the technique",
            )

    def _loaded_under_other_names(self) -> dict[str, str]:
        """`self.lm = AutoModelForCausalLM.from_pretrained(...)` is the model, if it is the one."""
        found: dict[str, list[str]] = {"model": [], "tokenizer": []}
        loading = m.Call(m.Attribute(attr=m.Name("from_pretrained")))
        for name, stores in self._stores.items():
            for value in [value for _, value in stores if value is not None]:
                for call in m.findall(value, loading):
                    loader = cst.ensure_type(cst.ensure_type(call, cst.Call).func, cst.Attribute)
                    kind = last_name(loader.value)
                    if "Tokenizer" in kind:
                        found["tokenizer"].append(name)
                    elif "Model" in kind:
                        found["model"].append(name)
        return {
            names[0]: which
            for which, names in found.items()
            if len(names) == 1 and names[0] not in HELD and which not in self._stores
        }

    def _derive(
        self, value: cst.BaseExpression, setup: cst.FunctionDef
    ) -> cst.BaseExpression | None:
        """`value` in terms of what is handed in; None where it depends on more than that."""
        derivation = _Derivation(self, setup, self._reading)
        made = value.visit(derivation)
        if derivation.failed or not isinstance(made, cst.BaseExpression):
            return None
        return made

    def local_meaning(self, name: str, setup: cst.FunctionDef) -> Meaning | None:
        """`model` in __init__(self, model), where `self.model = model` follows."""
        for attribute, stores in self._stores.items():
            for method, value in stores:
                if method is setup and isinstance(value, cst.Name) and value.value == name:
                    assignments = self._reading.scope_of(setup).assignments[name]
                    if len(assignments) == 1:
                        meaning = self.of(attribute)
                        if isinstance(meaning, Held):
                            return meaning
        return None


class _Derivation(cst.CSTTransformer):
    """Rewrites an expression of a loading method, or fails."""

    def __init__(self, meanings: Meanings, setup: cst.FunctionDef, reading: Reading) -> None:
        super().__init__()
        self._meanings = meanings
        self._setup = setup
        self._reading = reading
        self._self = reading.parameter_uses(setup, _name_of_self(setup))
        self.failed = False

    def on_visit(self, node: cst.CSTNode) -> bool:
        if not isinstance(node, _PARTS):
            self.failed = True
        if isinstance(node, cst.Attribute) and node.value in self._self:
            return False
        return not self.failed

    def on_leave(self, original: cst.CSTNode, updated: cst.CSTNode) -> cst.CSTNode:  # type: ignore[override]
        if self.failed:
            return updated
        if isinstance(original, cst.Attribute) and original.value in self._self:
            return self._placed(self._meanings.of(original.attr.value), updated)
        if isinstance(original, cst.Call):
            self.failed |= not self._is_pure(original)
        if isinstance(original, cst.Name) and not self._is_part(original):
            meaning = self._meanings.local_meaning(original.value, self._setup)
            if meaning is not None:
                return self._placed(meaning, updated)
            known = original.value in (*_PURE, "True", "False", "None")
            self.failed |= not known
        return updated

    def _placed(self, meaning: Meaning, node: cst.CSTNode) -> cst.CSTNode:
        if isinstance(meaning, Held):
            return cst.Name(meaning.which)
        if isinstance(meaning, Derived):
            return in_parentheses(meaning.expression)
        self.failed = True
        return node

    def _is_part(self, name: cst.Name) -> bool:
        """Whether a name is only an attribute's or a keyword's."""
        parent = self._reading.parents[name]
        return (isinstance(parent, cst.Attribute) and parent.attr is name) or (
            isinstance(parent, cst.Arg) and parent.keyword is name
        )

    @staticmethod
    def _is_pure(call: cst.Call) -> bool:
        if isinstance(call.func, cst.Name):
            return call.func.value in _PURE
        return isinstance(call.func, cst.Attribute) and call.func.attr.value in _GETTERS


def in_parentheses(expression: cst.BaseExpression) -> cst.BaseExpression:
    """The expression, safe to stand anywhere."""
    if isinstance(expression, (cst.Name, cst.Attribute, cst.Call, cst.Subscript)):
        return expression
    if isinstance(expression, cst.SimpleString) or expression.lpar:
        return expression
    return expression.with_changes(lpar=[cst.LeftParen()], rpar=[cst.RightParen()])


def _name_of_self(function: cst.FunctionDef) -> str:
    parameters = (*function.params.posonly_params, *function.params.params)
    return parameters[0].name.value if parameters else ""


def _assigned(attribute: cst.Attribute, reading: Reading) -> cst.BaseExpression | None:
    """The value that a plain assignment gives, None for any other kind of change."""
    target = reading.parents[attribute]
    if isinstance(target, cst.AnnAssign):
        return target.value
    if isinstance(target, cst.AssignTarget):
        statement = reading.parents[target]
        # Inside a branch or a loop it is not the only value that the attribute may have.
        if isinstance(statement, cst.Assign) and _runs_always(statement, reading):
            return statement.value
    return None


def _runs_always(statement: cst.CSTNode, reading: Reading) -> bool:
    block = next(
        node for node in reading.above(statement) if not isinstance(node, cst.SimpleStatementLine)
    )
    return isinstance(reading.parents[block], cst.FunctionDef)
