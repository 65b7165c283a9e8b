"""Convert a source: find what holds the model, edit it, and append the entry points."""

from __future__ import annotations

import ast

from cloche.contract.errors import ConversionError, Diagnostic, SourceError
from cloche.convert.classes import ClassConversion, Owner, find_owners, snake_case
from cloche.convert.functions import convert_function, find_functions
from cloche.convert.modal_names import ModalNames, imported
from cloche.convert.text import Source


def convert(source: str) -> str:
    """See `convert_technique_to_standalone`."""
    try:
        return _convert(Source.read(source), source)
    except RecursionError:
        raise SourceError("the source is nested too deep to be read") from None


def _convert(source: Source, given: str) -> str:
    modal = ModalNames(source.tree)
    owners = find_owners(source, modal)
    functions = find_functions(source)
    if not owners and not functions:
        source.raise_if_problems()
        if any(isinstance(node, ast.FunctionDef) for node in source.tree.body):
            return given
        _refuse_nothing()
    before = _names_read(source.tree)
    for node in functions.values():
        convert_function(source, node, functions)
    taken = {node.name for node in source.tree.body if hasattr(node, "name")}
    entries: list[str] = []
    bases = {base for owner in owners.values() for base in owner.bases}
    for owner in owners.values():
        conversion = ClassConversion(source, modal, owner, owners)
        if owner.name not in bases:
            entries += _entry_points(source, conversion, owner, taken)
        conversion.edit()
    if owners and not entries and not functions:
        source.problem(
            next(iter(owners.values())).node, "nothing", "the class has no public method",
            "name the technique without a leading underscore",
        )  # fmt: skip
    _edit_top_level(source, modal)
    source.raise_if_problems()
    return _without_unused_imports(source.result("\n\n".join(entries)), before)


def _entry_points(
    source: Source, conversion: ClassConversion, owner: Owner, taken: set[str]
) -> list[str]:
    texts = []
    for name, method in conversion.entries():
        entry = snake_case(owner.name) if name == "__call__" else name
        if entry in taken:
            source.problem(
                method, "name", f"{entry} is a name of something else in this source too",
                "rename the method",
            )  # fmt: skip
        taken.add(entry)
        call = "" if name == "__call__" else f".{name}"
        made = conversion.making()
        doc = (ast.get_docstring(method) or "").split("\n")[0].rstrip()
        quoted = f'    """{doc}"""\n' if doc and '"""' not in doc and "\\" not in doc else ""
        texts.append(
            f"def {entry}(model, tokenizer, /, *args, **kwargs):\n{quoted}"
            f"    return {made}{call}(*args, **kwargs)\n"
        )
    return texts


def _edit_top_level(source: Source, modal: ModalNames) -> None:
    for node in source.tree.body:
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            origins = [origin.split(".")[0] for _, origin in imported(node)]
            if "modal" in origins:
                _keep_names(source, node, [origin != "modal" for origin in origins])
        elif modal.is_import_block(node) and isinstance(node, ast.With):
            source.dedent_body(node)
        elif modal.drops(node):
            source.remove(node)
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            for decorator in node.decorator_list:
                if modal.role(decorator) is not None:
                    source.remove_decorator(decorator)
    for each in ast.walk(source.tree):
        if isinstance(each, ast.Name) and modal.mentioned_in(each) and not source.is_removed(each):
            source.problem(
                each, "modal", f"{each.id} is Modal's, and a call cannot reach Modal",
                "take what is needed as an argument",
            )  # fmt: skip


def _names_read(tree: ast.Module) -> set[str]:
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}


def _without_unused_imports(text: str, before: set[str]) -> str:
    """Removes the imports of names that only what was taken out has read."""
    source = Source.read(text)
    gone = before - _names_read(source.tree)
    for node in source.tree.body:
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            kept = [name not in gone for name, _ in imported(node)]
            if len(kept) == len(node.names) and not all(kept):
                _keep_names(source, node, kept)
    return source.result().lstrip("\r\n")


def _keep_names(source: Source, node: ast.Import | ast.ImportFrom, kept: list[bool]) -> None:
    if not any(kept):
        source.remove(node)
        return
    names = ", ".join(
        alias.name + (f" as {alias.asname}" if alias.asname else "")
        for alias, keep in zip(node.names, kept, strict=True)
        if keep
    )
    start = f"from {node.module} import " if isinstance(node, ast.ImportFrom) else "import "
    source.replace(node, start + names)


def _refuse_nothing() -> None:
    text = "the source has neither a function nor a class with methods"
    hint = "write def name(model, tokenizer, ...)"
    raise ConversionError((Diagnostic(code="nothing", message=text, hint=hint, line=0, column=0),))
