"""What goes: loading, what is Modal's, and whatever only served these."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from cloche._convert.modal_names import imported

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cloche._convert.layout import Statement
    from cloche._convert.meanings import Meanings
    from cloche._convert.modal_names import ModalNames
    from cloche._convert.owners import Member, Owner
    from cloche._convert.reading import Reading


class Leftovers:
    """`nodes` go, with all that is in them; `kept_functions` stay beside the converted ones."""

    def __init__(
        self,
        reading: Reading,
        modal: ModalNames,
        owners: Sequence[Owner],
        members: Mapping[cst.FunctionDef, Member],
        meanings: Mapping[str, Meanings],
    ) -> None:
        self.nodes: set[cst.CSTNode] = set()
        self.kept_functions: list[cst.FunctionDef] = []
        self._reading = reading
        self._modal = modal
        self._owners = owners
        self._members = members
        self._meanings = meanings
        self._sort_statements()

    def _sort_statements(self) -> None:
        for statement in self._reading.module.body:
            if self._is_converted(statement):
                continue
            if self._modal.drops(statement):
                self.nodes.add(statement)
            elif self._modal.is_import_block(statement):
                self.nodes.update(cst.ensure_type(statement, cst.With).items)
            elif isinstance(statement, cst.FunctionDef):
                self.kept_functions.append(statement)
        for owner in self._owners:
            self.nodes.update(owner.setups)
            if owner.node is not None:
                self.nodes.update(owner.node.decorators)
                self.nodes.update(owner.node.bases)
                self._sort_attributes(owner)
        for member in self._members.values():
            self.nodes.update(member.dropped_decorators)
        self._sort_leftovers()

    def _sort_leftovers(self) -> None:
        """What only served what goes, goes too: imports of loaders, a model's name, a path."""
        before = -1
        while before != len(self.nodes):
            before = len(self.nodes)
            for statement in self._reading.module.body:
                inside = block_of(statement) if self._modal.is_import_block(statement) else ()
                for part in (statement, *inside):
                    if part not in self.nodes and not self._is_converted(part):
                        self._sort_leftover(part)
        self.kept_functions = [f for f in self.kept_functions if f not in self.nodes]

    def _sort_leftover(self, statement: cst.CSTNode) -> None:
        if isinstance(statement, cst.FunctionDef):
            if self._only_served([statement.name.value]):
                self.nodes.add(statement)
            return
        if not isinstance(statement, cst.SimpleStatementLine) or len(statement.body) != 1:
            return
        small = statement.body[0]
        if isinstance(small, (cst.Import, cst.ImportFrom)) and isinstance(small.names, tuple):
            for alias, (bound, origin) in zip(small.names, imported(small), strict=False):
                dotted = origin.split(".") if bound == origin.split(".")[0] else [bound]
                names = [".".join(dotted[:end]) for end in range(1, len(dotted) + 1)]
                if origin.split(".")[0] == "modal" or self._only_served(names):
                    self.nodes.add(alias)
            if self.nodes.issuperset(small.names):
                self.nodes.add(statement)
        elif isinstance(small, (cst.Assign, cst.AnnAssign)):
            targets = small.targets if isinstance(small, cst.Assign) else [small]
            names = [t.target.value for t in targets if isinstance(t.target, cst.Name)]
            if len(names) == len(targets) and all(self._only_served([name]) for name in names):
                self.nodes.add(statement)

    def _only_served(self, names: list[str]) -> bool:
        """Whether names are used, and only by what goes. What nothing uses is not ours to judge."""
        uses = [use for name in names for use in self._reading.uses(name, self._reading.globals)]
        return bool(uses) and all(self.holds(use) for use in uses)

    def _sort_attributes(self, owner: Owner) -> None:
        """Leaves out what only holds a place, `model = None`, and what is Modal's."""
        for name, statements in list(owner.attributes.items()):
            if self._meanings[owner.name].is_constant(name) and not any(
                self._modal.made_with(statement) for statement in statements
            ):
                continue
            del owner.attributes[name]
            self.nodes.update(statements)
        # `a = model = None`: a statement stays for any of its names.
        for statements in owner.attributes.values():
            self.nodes.difference_update(statements)

    def _is_converted(self, statement: cst.CSTNode) -> bool:
        return any(
            statement is owner.node or (owner.node is None and statement in owner.setups)
            for owner in self._owners
        ) or (isinstance(statement, cst.FunctionDef) and statement in self._members)

    def holds(self, node: cst.CSTNode) -> bool:
        return node in self.nodes or any(n in self.nodes for n in self._reading.above(node))


def block_of(statement: cst.CSTNode) -> Sequence[Statement | cst.BaseSmallStatement]:
    """The statements inside a compound one."""
    inside: Sequence[Statement | cst.BaseSmallStatement] = cst.ensure_type(
        statement, cst.With
    ).body.body
    return inside
