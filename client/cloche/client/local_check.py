"""Ask the language wall about a source here: no server, no model, no torch."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cloche import seam
from cloche.contract import entry
from cloche.contract.errors import Diagnostic, ServerStartError
from cloche.source.places import locate_diagnostic

if TYPE_CHECKING:
    from cloche.source.technique import Technique


def check_here(technique: Technique) -> tuple[Diagnostic, ...]:
    """The findings that the source alone shows; a server may have more to say when it runs.

    Raises:
        ServerStartError: the server's package is not installed here.
    """
    try:
        check, untravelling = seam.check_technique, seam.untravelling
    except ImportError as error:
        raise ServerStartError(
            f"to check without a server, the server's package must be installed ({error}): pip "
            "install 'cloche[server]'; or name a server with --address, --app or --model"
        ) from None
    checked = check(technique.source)
    found = list(checked.diagnostics)
    if checked.functions or not found:
        name, problem = entry.chosen(checked.functions, technique.source, technique.entry_point)
        if problem:
            return (Diagnostic(code="request", message=problem, hint="", line=0, column=0),)
        found += untravelling(technique.source, name)
    found.sort(key=lambda each: (each.line, each.column))
    return tuple(
        locate_diagnostic(
            Diagnostic(
                code=item.code,
                message=item.message,
                hint=item.hint,
                line=item.line,
                column=item.column,
                end_line=item.end_line,
                end_column=item.end_column,
            ),
            technique,
        )
        for item in found
    )
