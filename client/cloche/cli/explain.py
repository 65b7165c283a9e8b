"""`cloche explain NAME...`"""

import dataclasses
from typing import Annotated, Any

import typer

from cloche import seam
from cloche.cli import _exit
from cloche.cli._console import err, out, plain, print_json
from cloche.client.extras import require_server


def explain(
    names: Annotated[
        list[str],
        typer.Argument(
            metavar="NAME...",
            help="As technique code writes them: torch.load, open, model.config.hidden_size.",
        ),
    ],
    as_json: Annotated[bool, typer.Option("--json", help="Print the answers as JSON.")] = False,
) -> None:
    """Say whether technique code may touch a name, and which row of the policy decides it."""
    require_server("the policy is the server's")
    explainer = seam.Explainer(seam.LanguageWall.build().catalogue)
    answers = []
    for name in names:
        try:
            answers.append((name, explainer.explain(name)))
        except LookupError as error:
            err.print(str(error), markup=False, soft_wrap=True)
            raise typer.Exit(_exit.USAGE) from None
    if as_json:
        print_json([{"asked": name, **dataclasses.asdict(answer)} for name, answer in answers])
        return
    for name, answer in answers:
        out.print(plain(name, "bold") + plain(f"  {answer.verdict}: {answer.why}"), soft_wrap=True)
        for label, value in _details(answer):
            out.print(plain(f"  {label.ljust(9)} {value}"), soft_wrap=True)


def _details(answer: Any) -> list[tuple[str, str]]:
    found = [("row", str(row)) for row in answer.rows]
    if answer.stand_in is not None:
        found.append(("stand-in", str(answer.stand_in)))
    if answer.settable is not None:
        found.append(("may be set", str(answer.settable)))
    if answer.hint:
        found.append(("instead", answer.hint))
    return found
