"""Decides, for each place that speaks of the object, what stands there instead."""

from __future__ import annotations

import builtins
from collections.abc import Callable
from typing import TYPE_CHECKING

import libcst as cst
import libcst.matchers as m
from libcst.metadata import BuiltinAssignment

from cloche._convert.expressions import Naming, kept_parentheses, with_first
from cloche._convert.meanings import Called, Constant, Derived, Held, Nothing, in_parentheses
from cloche._convert.names import bare_names
from cloche._convert.owners import Member, Owner, first_parameter, with_self
from cloche._convert.parameters import Handed, local_names

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cloche._convert.meanings import Meanings
    from cloche._convert.names import Names
    from cloche._convert.reading import Problems, Reading

Replacement = Callable[[cst.CSTNode], cst.CSTNode]

_ONE_BY_ONE = frozenset({"map", "starmap", "for_each", "spawn", "spawn_map"})
_DIRECT = frozenset({"local", "remote", "remote_gen"})


class Rewriting:
    """Collects replacements by node; `partial` is asked for the name of functools.partial."""

    def __init__(
        self,
        reading: Reading,
        problems: Problems,
        names: Names,
        members: Mapping[cst.FunctionDef, Member],
        partial: Callable[[], str],
    ) -> None:
        self.replacements: dict[cst.CSTNode, Replacement] = {}
        # Statements that would only assign a parameter to itself.
        self.idle: set[cst.SimpleStatementLine] = set()
        self._reading = reading
        self._problems = problems
        self._names = names
        self._members = members
        self._partial = partial
        self._constants: dict[tuple[str, str], str] = {}
        self.handed: dict[cst.FunctionDef, Handed] = {}

    def replace(self, node: cst.CSTNode, replacement: Replacement) -> None:
        self.replacements[node] = replacement

    def rename_constant(self, owner: Owner, attribute: str, name: str) -> None:
        self._constants[owner.name, attribute] = name

    # Methods

    def hand_over(self, member: Member) -> None:
        """Chooses the names of a method's new parameters, before anything in it is rewritten."""
        idle, harmless = local_names(member, self._reading)
        taken = {
            name.value for name in bare_names(member.node) if name not in harmless
        } - {member.self_name}  # fmt: skip
        chosen = {
            which: self._names.fresh(f"_{which}") if which in taken else which
            for which in ("model", "tokenizer")
        }
        self.handed[member.node] = Handed(**chosen)
        if chosen == {"model": "model", "tokenizer": "tokenizer"}:
            self.idle |= idle

    def rewrite(self, owner: Owner, member: Member, meanings: Meanings) -> None:
        """Replaces every use of the object in a method."""
        self._refuse_rebinding(member)
        for use in self._reading.parameter_uses(member.node, member.self_name):
            parent = self._reading.parents[use]
            if not isinstance(use, cst.Name):
                self._refuse_whole(use, member)
            elif isinstance(parent, cst.Attribute) and parent.value is use:
                self._attribute(parent, owner, member, meanings)
            elif self._is_explicit(use) or self._is_type_of(use):
                self._type_of(use, owner, member, meanings)
            elif (
                isinstance(parent, cst.Call) and parent.func is use and "__call__" in owner.members
            ):
                self._call(parent, owner.members["__call__"], member, use)
            else:
                self._refuse_whole(use, member)
        for name in bare_names(member.node):
            if name.value in ("super", "__class__") and not self._bound_here(name):
                self._problems.add(
                    name,
                    "super",
                    f"{name.value} needs a class, and there is none",
                    "write what the inherited method does into a function, and call that",
                )
        self._refuse_mangled(member)

    def _bound_here(self, name: cst.Name) -> bool:
        # In a nested class both are that class's.
        return any(
            isinstance(node, cst.ClassDef) and self._reading.function_around(node) is not None
            for node in self._reading.above(name)
        )

    def _refuse_rebinding(self, member: Member) -> None:
        name = member.self_name
        for found in bare_names(member.node):
            parent = self._reading.parents[found]
            if found.value != name or parent is first_parameter(member.node):
                continue
            scope = self._reading.scopes.get(found)
            is_target = self._reading.is_changed(found) or isinstance(
                parent, (cst.NameItem, cst.MatchAs, cst.MatchStar, cst.AsName)
            )
            if is_target and scope is not None and (
                isinstance(parent, cst.NameItem) or scope is self._reading.scope_of(member.node)
            ):  # fmt: skip
                self._problems.add(
                    found,
                    "self",
                    f"{name} is bound again here",
                    f"give the variable another name; {name} stays the object of the method",
                )

    def _refuse_mangled(self, member: Member) -> None:
        own = self._reading.parameter_uses(member.node, member.self_name)
        for found in m.findall(member.node, m.Attribute()):
            attribute = cst.ensure_type(found, cst.Attribute)
            name = attribute.attr.value
            mangled = name.startswith("__") and not name.endswith("__")
            if mangled and attribute.value not in own and not self._inside_class(attribute, member):
                self._problems.add(
                    attribute.attr,
                    "name",
                    f"{name} means another name inside a class than outside",
                    "use a name with one underscore",
                )

    def _inside_class(self, node: cst.CSTNode, member: Member) -> bool:
        for around in self._reading.above(node):
            if around is member.node:
                return False
            if isinstance(around, cst.ClassDef):
                return True
        return False

    def _refuse_whole(self, use: cst.CSTNode, member: Member) -> None:
        parent = self._reading.parents[use]
        call = self._reading.parents[parent] if isinstance(parent, cst.Arg) else None
        if isinstance(call, cst.Call) and m.matches(
            call.func, m.Name("getattr") | m.Name("hasattr") | m.Name("setattr")
        ):
            asking = cst.ensure_type(call.func, cst.Name).value
            message = f"{asking} asks the object, and there is none"
            hint = f"write {member.self_name}.name where the name is known, else use a dict"
        else:
            message = f"{member.self_name} is handed on whole, and there is no such object"
            hint = f"hand on what is needed: {member.self_name}.model, {member.self_name}.tokenizer"
        self._problems.add(use, "self", message, hint)

    def _is_explicit(self, use: cst.CSTNode) -> bool:
        """`self` in `Backend.helper(self, x)`: the call is replaced as a whole."""
        argument = self._reading.parents[use]
        call = self._reading.parents[argument]
        return call in self.replacements and isinstance(argument, cst.Arg)

    def _is_type_of(self, use: cst.CSTNode) -> bool:
        argument = self._reading.parents[use]
        call = self._reading.parents[argument]
        return (
            isinstance(argument, cst.Arg)
            and m.matches(call, m.Call(m.Name("type"), args=[m.Arg()]))
            and isinstance(self._reading.parents[call], cst.Attribute)
        )

    def _type_of(self, use: cst.CSTNode, owner: Owner, member: Member, meanings: Meanings) -> None:
        if self._is_explicit(use):
            return
        call = self._reading.parents[self._reading.parents[use]]
        attribute = cst.ensure_type(self._reading.parents[call], cst.Attribute)
        self.of_class(attribute, owner, meanings)

    def _attribute(
        self, attribute: cst.Attribute, owner: Owner, member: Member, meanings: Meanings
    ) -> None:
        name = attribute.attr.value
        if name == "__class__" and isinstance(self._reading.parents[attribute], cst.Attribute):
            above = cst.ensure_type(self._reading.parents[attribute], cst.Attribute)
            self.of_class(above, owner, meanings)
            return
        meaning = meanings.of(name)
        if self._reading.is_changed(attribute):
            self._refuse_change(attribute, meaning)
            return
        if isinstance(meaning, Nothing):
            self._problems.add(attribute, "state", meaning.message, meaning.hint)
        elif isinstance(meaning, Constant):
            self._constant(attribute, owner, meaning.attribute)
        elif not member.takes_model and not (
            isinstance(meaning, Called) and not meaning.member.takes_model
        ):
            self._problems.add(
                attribute,
                "self",
                f"a class has no {name}: only its objects do",
                "write the method without @classmethod",
            )
        elif isinstance(meaning, Called):
            self._called(attribute, meaning.member, member)
        else:
            self._value(attribute, meaning, member)

    def _refuse_change(self, attribute: cst.Attribute, meaning: object) -> None:
        name = attribute.attr.value
        if isinstance(meaning, Held):
            self._problems.add(
                attribute,
                "state",
                f"self.{name} is set here; the {meaning.which} is the server's, loaded once",
                "edit it in place, or use a local variable with another name",
            )
        else:
            self._problems.add(
                attribute,
                "state",
                f"self.{name} is kept on the object, and there is none",
                f"use a local variable {name}; hand it on as an argument, return it as a result",
            )

    def _value(self, attribute: cst.Attribute, meaning: Held | Derived, member: Member) -> None:
        handed = self.handed[member.node]
        self._refuse_label(attribute)
        if isinstance(meaning, Held):
            name = handed.of(meaning.which)
            self.replace(attribute, lambda node: kept_parentheses(cst.Name(name), node))
            return
        scope = self._reading.scopes[attribute]
        shadowed = sorted(
            name.value
            for name in m.findall(meaning.expression, m.Name())
            if isinstance(name, cst.Name)
            and hasattr(builtins, name.value)
            and scope is not None
            and not all(isinstance(found, BuiltinAssignment) for found in scope[name.value])
        )
        if shadowed:
            self._problems.add(
                attribute,
                "name",
                f"self.{attribute.attr.value} is worked out with {', '.join(shadowed)}, which is "
                "another thing here",
                "give the variable another name",
            )
        expression = meaning.expression.visit(Naming(handed))
        assert isinstance(expression, cst.BaseExpression)  # noqa: S101
        if isinstance(self._reading.parents[attribute], (cst.Attribute, cst.Call, cst.Subscript,
                cst.BinaryOperation, cst.UnaryOperation, cst.Comparison, cst.ComparisonTarget,
                cst.BooleanOperation, cst.FormattedStringExpression)):  # fmt: skip
            expression = in_parentheses(expression)
        self.replace(attribute, lambda node: kept_parentheses(expression, node))

    def _refuse_label(self, node: cst.CSTNode) -> None:
        for around in self._reading.above(node):
            if isinstance(around, cst.FormattedStringExpression) and around.equal is not None:
                self._problems.add(
                    node,
                    "self",
                    "the = in this f-string prints the expression's own text, which changes",
                    "write the label and the value",
                )

    # Calls

    def _called(self, attribute: cst.Attribute, target: Member, member: Member) -> None:
        """`self.helper`, called or handed on."""
        self._refuse_label(attribute)
        parent = self._reading.parents[attribute]
        if target.kind in ("property", "cached"):
            made = self._applied(target, member)
            self.replace(attribute, lambda node: kept_parentheses(made, node))
        elif isinstance(parent, cst.Call) and parent.func is attribute:
            self._call(parent, target, member, attribute)
        elif isinstance(parent, cst.Attribute):
            self._of_method(parent, attribute, target, member)
        else:
            self._handed_on(attribute, target, member)

    def _of_method(
        self, parent: cst.Attribute, attribute: cst.Attribute, target: Member, member: Member
    ) -> None:
        """`self.helper.name`: one of Modal's ways to call, or the function's own attribute."""
        name = parent.attr.value
        call = self._reading.parents[parent]
        is_called = isinstance(call, cst.Call) and call.func is parent
        if name in _DIRECT and is_called:
            self._call(cst.ensure_type(call, cst.Call), target, member, attribute)
        elif name in _ONE_BY_ONE or name in _DIRECT:
            self._problems.add(
                parent.attr,
                "modal",
                f".{name}() starts other containers; a technique runs alone",
                "call the method for one after another in a loop",
            )
        elif name in ("__self__", "__func__"):
            self._problems.add(
                parent.attr, "self", f"a function has no {name}", "hand on what is needed"
            )
        else:
            called = target.name
            self.replace(attribute, lambda node: kept_parentheses(cst.Name(called), node))

    def _function_name(self, target: Member, place: cst.CSTNode) -> str:
        """The function's name where it is called: another one if a local variable has its own."""
        around = [n for n in self._reading.above(place) if isinstance(n, cst.FunctionDef)]
        ours = set(self._reading.uses(target.name, self._reading.globals))
        ours.update(function.name for function in around)
        if around and any(
            name.value == target.name and name not in ours for name in bare_names(around[-1])
        ):
            target.alias = target.alias or self._names.fresh(f"_{target.name}")
            return target.alias
        return target.name

    def _call(
        self,
        call: cst.Call,
        target: Member,
        member: Member | None,
        place: cst.CSTNode,
        *,
        leave_out: int = 0,
    ) -> None:
        """`leave_out`: how many of the first arguments are not passed on."""
        called = self._function_name(target, place)
        given = self._given(target, member)
        self.replace(
            call,
            lambda node: cst.ensure_type(node, cst.Call).with_changes(
                func=cst.Name(called),
                args=with_first(given, cst.ensure_type(node, cst.Call).args[leave_out:]),
            ),
        )

    def explicit_call(self, call: cst.Call, target: Member, member: Member) -> None:
        """`Backend.helper(self, x)`, `helper(self, x)`."""
        self._call(call, target, member, call, leave_out=1)

    def _given(self, target: Member, member: Member | None) -> list[str]:
        if not target.takes_model or member is None:
            return []
        handed = self.handed[member.node]
        return [handed.model, handed.tokenizer]

    def _applied(self, target: Member, member: Member) -> cst.Call:
        arguments = with_first(self._given(target, member), [])
        name = self._function_name(target, member.node.body)
        return cst.Call(cst.Name(name), args=arguments)

    def _handed_on(self, attribute: cst.Attribute, target: Member, member: Member) -> None:
        name = self._function_name(target, attribute)
        if not target.takes_model:
            self.replace(attribute, lambda node: kept_parentheses(cst.Name(name), node))
            return
        bound = cst.Call(
            cst.parse_expression(self._partial()),
            args=with_first([name, *self._given(target, member)], []),
        )
        self.replace(attribute, lambda node: kept_parentheses(bound, node))

    # The class by its name

    def of_class(self, attribute: cst.Attribute, owner: Owner, meanings: Meanings) -> None:
        """`Backend.name`, `type(self).name`, `cls.name`: what belongs to the class itself."""
        meaning = meanings.of(attribute.attr.value)
        if self._reading.is_changed(attribute):
            self._refuse_change(attribute, meaning)
            return
        if isinstance(meaning, Constant):
            self._constant(attribute, owner, meaning.attribute)
            return
        if isinstance(meaning, Called) and meaning.member.kind != "property":
            target = meaning.member
            if not target.takes_model:
                name = self._function_name(target, attribute)
                self.replace(attribute, lambda node: kept_parentheses(cst.Name(name), node))
                return
            caller = self._caller(attribute)
            if caller is not None:
                call = cst.ensure_type(self._reading.parents[attribute], cst.Call)
                self.explicit_call(call, target, caller)
                return
        self._problems.add(
            attribute,
            "class",
            f"{owner.name or 'the class'}.{attribute.attr.value} has no meaning without the class",
            "only constants and functions of the class can be named through it",
        )

    def _caller(self, function: cst.CSTNode) -> Member | None:
        """The method whose object is handed on by hand in a call of `function`."""
        given = with_self(function, self._reading)
        if given is None:
            return None
        for around in self._reading.above(given):
            if isinstance(around, cst.FunctionDef) and around in self._members:
                return self._members[around]
        return None

    def of_function(self, use: cst.CSTNode, target: Member) -> None:
        """`helper(self, x)`, where helper takes the object by hand."""
        caller = self._caller(use)
        if caller is not None:
            call = cst.ensure_type(self._reading.parents[use], cst.Call)
            self.explicit_call(call, target, caller)

    def _constant(self, attribute: cst.Attribute, owner: Owner, name: str) -> None:
        self._refuse_label(attribute)
        new = self._constants[owner.name, name]
        self.replace(attribute, lambda node: kept_parentheses(cst.Name(new), node))
