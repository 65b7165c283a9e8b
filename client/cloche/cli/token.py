"""`cloche token create | list | revoke | rotate`"""

import time
from typing import Annotated

import typer

from cloche import seam
from cloche.cli._access import Access, told
from cloche.cli._console import err, out, plain, print_json, table
from cloche.cli._durations import parse_duration

token = typer.Typer(no_args_is_help=True, help="Make and end tokens, by which callers are known.")

_Id = Annotated[str, typer.Argument(metavar="ID", help="The part between clk_ and the secret.")]


@token.command()
def create(
    access: Access,
    tenant: Annotated[str, typer.Option(help="Who shares time, turns and limits with it.")],
    scope: Annotated[
        list[str] | None,
        typer.Option(
            help="What it is for: run, check, info, sessions, upload; all of them where none is "
            "given. Repeat as needed."
        ),
    ] = None,
    model: Annotated[
        list[str] | None,
        typer.Option(help="A model that it may see; all where none is given. Repeat as needed."),
    ] = None,
    expires: Annotated[str | None, typer.Option(help="Until when it is good: 12h, 30d.")] = None,
    budget: Annotated[
        str | None, typer.Option(help="Model time that its calls may take in all: 90s, 2h.")
    ] = None,
    policy: Annotated[
        str | None, typer.Option(help="A policy of tenants.toml that its techniques are held to.")
    ] = None,
    note: Annotated[str, typer.Option(help="What it is for, for cloche token list.")] = "",
) -> None:
    """Make a token and print it. It is shown this once: only its SHA-256 is kept."""
    with told():
        made = seam.Token.draw()
        record = seam.new_record(
            made,
            tenant=tenant,
            scopes=scope or seam.SCOPES,
            models=model or (),
            lives_s=None if expires is None else parse_duration("--expires", expires),
            budget_s=None if budget is None else parse_duration("--budget", budget),
            policy=policy,
            note=note,
            now=time.time(),
        )
        with seam.TokenFile(access).changing() as records:
            records[made.id] = record
    _show(made.text)


@token.command("list")
def list_tokens(
    access: Access,
    as_json: Annotated[bool, typer.Option("--json", help="Print them as JSON.")] = False,
) -> None:
    """Show all tokens, but not their secrets, which nobody has but their holders."""
    now = time.time()
    with told():
        import msgspec

        records = dict(seam.TokenFile(access).all())
        shown = {
            token_id: {**msgspec.to_builtins(record), "state": record.state(now)}
            for token_id, record in records.items()
        }
    for row in shown.values():
        del row["sha256"]
    if as_json:
        print_json(shown)
        return
    listed = table("id", "tenant", "scopes", "models", "state", "note")
    for token_id, row in shown.items():
        models = ", ".join(row["models"] or ()) or "all"
        cells = (token_id, row["tenant"], ", ".join(row["scopes"]), models)
        listed.add_row(*map(plain, (*cells, row["state"], row["note"])))
    out.print(listed)


@token.command()
def revoke(token_id: _Id, access: Access) -> None:
    """End a token. A server that runs refuses its next call; calls that run go on."""
    with told(), seam.TokenFile(access).changing() as records:
        seam.revoke(records, token_id, at=time.time())
    err.print(f"revoked {token_id}", markup=False)


@token.command()
def rotate(
    token_id: _Id,
    access: Access,
    grace: Annotated[str, typer.Option(help="How long the old one is good beside it: 1h.")] = "0s",
) -> None:
    """Make another token with the same rights and budget, and end the old one."""
    with told():
        grace_s = parse_duration("--grace", grace)
        with seam.TokenFile(access).changing() as records:
            made = seam.rotate(records, token_id, now=time.time(), grace_s=grace_s)
    _show(made.text)


def _show(text: str) -> None:
    """The token alone on stdout, for a program to take."""
    typer.echo(text)
    err.print("keep it now: it is not shown again", markup=False)
