"""A directory of techniques, one in each file."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType

from cloche.contract.errors import SourceError, TechniqueFilesError
from cloche.source.technique import Technique, functions_of


class TechniqueDirectory(Mapping[str, Technique]):
    """Techniques by name, as their files were when they were loaded.

    `broken` has the error of each file that holds no technique, by its path. Asking for one of
    these by name raises that error, as SourceError; a name that no file has raises KeyError.
    """

    def __init__(
        self, path: Path, techniques: Mapping[str, Technique], broken: Mapping[Path, SourceError]
    ) -> None:
        self.path = path
        self.broken: Mapping[Path, SourceError] = MappingProxyType(dict(broken))
        self._techniques = dict(techniques)

    def __getitem__(self, name: str) -> Technique:
        for path, error in self.broken.items():
            if path.stem == name:
                raise error.with_traceback(None)
        return self._techniques[name]

    def __contains__(self, name: object) -> bool:
        return name in self._techniques

    def __iter__(self) -> Iterator[str]:
        return iter(self._techniques)

    def __len__(self) -> int:
        return len(self._techniques)

    def __repr__(self) -> str:
        broken = f", broken: {', '.join(path.name for path in self.broken)}" if self.broken else ""
        return f"<TechniqueDirectory {self.path}: {', '.join(self) or 'empty'}{broken}>"


def load_techniques_from_dir(path: Path | str, *, strict: bool = False) -> TechniqueDirectory:
    """Reads every `NAME.py` in a directory as the technique NAME.

    ```
    techniques = load_techniques_from_dir(Path("techniques"))
    client.run(techniques["logit_lens"], "The capital of France is")
    ```

    Files are read now: what is edited later counts at the next load. Files in directories below,
    and files whose names begin with an underscore or a dot, are no techniques. The entry point is
    the only public function that takes (model, tokenizer, ...), else the one named like the file.
    The source is read, not run, and no server is asked: what the language wall refuses,
    `client.check(technique)` says.

    Args:
        path: the directory.
        strict: raise if any file is broken; otherwise `broken` lists them, and the others load.

    Raises:
        SourceError: `path` is no directory, or cannot be read.
        TechniqueFilesError: with `strict`, some files are broken; it lists all of them.
    """
    path = Path(path)
    try:
        entries = sorted(entry.name for entry in os.scandir(path) if _is_candidate(entry))
    except OSError as error:
        raise SourceError(
            f"cannot read the directory {path}: {error.strerror or error}; techniques are files "
            "in a directory, path/NAME.py"
        ) from None
    techniques: dict[str, Technique] = {}
    broken: dict[Path, SourceError] = {}
    for name in entries:
        file = path / name
        try:
            _refuse_name(file, entries)
            techniques[file.stem] = _load(file)
        except SourceError as error:
            broken[file] = error
    if strict and broken:
        count = f"{len(broken)} of {len(entries)} files in {path}"
        raise TechniqueFilesError(f"{count} hold no technique that can be run:", broken)
    return TechniqueDirectory(path, techniques, broken)


def _is_candidate(entry: os.DirEntry[str]) -> bool:
    if not entry.name.endswith(".py") or entry.name.startswith(("_", ".")):
        return False
    try:
        return not entry.is_dir()
    except OSError:
        return True  # a loop of links: reading it says so


def _refuse_name(file: Path, entries: list[str]) -> None:
    """`client.run(techniques[...])` and `cloche run` must mean the same file everywhere."""
    twins = [n for n in entries if n != file.name and n.casefold() == file.name.casefold()]
    if twins:
        raise SourceError(
            f"{file}: {twins[0]} differs from it in case alone, and is the same file on some "
            "systems; rename one of them"
        )


def _load(file: Path) -> Technique:
    if not file.is_file() and file.exists():
        # A pipe would wait for its writer.
        raise SourceError(f"cannot read {file}: it is not a regular file")
    technique = Technique.of(file)
    try:
        functions = functions_of(technique.source)
    except SyntaxError as error:
        where = f"{file}:{error.lineno or 0}:{error.offset or 0}"
        raise SourceError(f"{where}: {error.msg}") from None
    except (ValueError, RecursionError, MemoryError) as error:
        raise SourceError(f"{file}: {error or 'nested too deep to be read'}") from None
    public = [name for name in functions if not name.startswith("_")]
    if not public:
        raise SourceError(
            f"{file}: there is no public function in it; write def {file.stem}(model, tokenizer, "
            "...); `cloche convert` makes functions of a class's methods; a file of helpers has a "
            "name that begins with an underscore"
        )
    if not technique.entry_point and len(public) > 1:
        raise SourceError(
            f"{file}: which function is the technique? It has {', '.join(public)}; name one "
            f"{file.stem}, let only one take (model, tokenizer, ...), or begin the names of the "
            "others with an underscore"
        )
    return Technique.of(technique, entry_point=technique.entry_point or public[0])
