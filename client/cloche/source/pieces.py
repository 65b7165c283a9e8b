"""The pieces collected so far: one thing for each name, and the builtins that must stay theirs."""

from __future__ import annotations

import builtins

from cloche.contract.errors import SourceError
from cloche.source.assemble import Piece
from cloche.source.context import Context
from cloche.source.files import SourceFile


class Pieces:
    """Pieces by name. Raises SourceError where one name would have to mean two things."""

    def __init__(self) -> None:
        self.all: dict[str, Piece] = {}
        #: Names that are not defined, here as there.
        self.unbound: set[str] = set()
        #: Names that stand in for imports of the caller's own files.
        self.made: set[str] = set()
        self._files: list[str] = []
        # What reads the name outside the pieces: a builtin's user, or Cloche itself.
        self._reserved: dict[str, str] = {}
        self._annotations: set[str] = set()
        self._file_has_future = False

    def add(self, piece: Piece) -> None:
        if piece.name in self._reserved:
            raise _clash(piece.name, piece.where, self._reserved[piece.name])
        known = self.all.setdefault(piece.name, piece)
        if known.identity != piece.identity:
            raise _clash(piece.name, known.where, piece.where)

    def reserve(self, name: str, user: str) -> None:
        """The name stays what it is without us: a builtin that `user` reads."""
        if name in self.all:
            raise _clash(name, self.all[name].where, user)
        self._reserved.setdefault(name, user)

    def add_import(self, name: str, line: str) -> None:
        # `import a` and the same with submodules are one thing.
        self.add(Piece(name, "import", ("import", line), line, [line], [None]))

    def may_import(self, name: str, line: str) -> bool:
        """Whether `name` is free, or is what the import makes it."""
        known = self.all.get(name)
        return name not in self._reserved and (known is None or known.identity == ("import", line))

    def alias(self, name: str, target: str, context: Context) -> None:
        """`name = target`, unless they are one."""
        if name != target:
            rank = self.all[target].rank if target in self.all else (0, 0)
            line = f"{name} = {target}"
            piece = Piece(
                name, "value", ("alias", target), context.user, [line], [None], rank, {target}
            )
            self.add(piece)

    def rank(self, file: SourceFile, line: int) -> tuple[int, int]:
        """Keeps the order of a file; files reached later hold what earlier ones use: they lead."""
        if file.name not in self._files:
            self._files.append(file.name)
        return (-self._files.index(file.name), line)

    def note_annotations(self, names: set[str], file: SourceFile) -> None:
        self._file_has_future |= file.has_future_annotations
        self._annotations |= names

    def needs_future(self) -> bool:
        """Whether annotations must stay text: as in the file, or as their names stay behind."""
        absent = {n for n in self._annotations if n not in self.all and not hasattr(builtins, n)}
        return self._file_has_future or bool(absent)


def _clash(name: str, one: str, other: str) -> SourceError:
    return SourceError(
        f"two different things are called {name!r}: one at {one}, one at {other}; rename one"
    )
