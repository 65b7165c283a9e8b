"""`cloche run FILE[:function] key=value ...`"""

import contextlib
import sys
from pathlib import Path
from typing import Annotated

import typer

from cloche import wire
from cloche.cli._connect import Address, App, DType, Model, connect
from cloche.cli._console import err, out, print_json
from cloche.cli._hosting import Environment
from cloche.cli._plot import check_plot, save_plot
from cloche.cli._render import render, to_json
from cloche.cli._values import parse_values, split_target
from cloche.client.display import write_output
from cloche.contract.errors import WireError


def run(
    target: Annotated[
        str,
        typer.Argument(
            metavar="FILE[:FUNCTION]",
            help="A file with a technique; - reads it from stdin.",
        ),
    ],
    values: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="KEY=VALUE",
            help="The technique's arguments after model and tokenizer: JSON, else text; "
            "KEY=@FILE reads a file.",
        ),
    ] = None,
    function: Annotated[
        str, typer.Option(metavar="NAME", help="The function to call, as FILE:NAME does.")
    ] = "",
    address: Address = None,
    model: Model = None,
    app: App = None,
    environment: Environment = None,
    dtype: DType = None,
    timeout: Annotated[float | None, typer.Option(help="Seconds of wall clock.")] = None,
    seed: Annotated[int | None, typer.Option(help="Seeds torch, numpy and random.")] = None,
    memory: Annotated[str | None, typer.Option(help='Memory to add, such as "2GB".')] = None,
    deterministic: Annotated[
        bool, typer.Option("--deterministic", help="One thread, deterministic algorithms, seed 0.")
    ] = False,
    as_json: Annotated[
        bool,
        typer.Option(
            "--json",
            help="Print the result, or the error, as JSON and nothing else on stdout; what the "
            "technique prints goes to stderr.",
        ),
    ] = False,
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", help="Show nothing of what the technique prints.")
    ] = False,
    save: Annotated[
        Path | None, typer.Option(help="Write the result to this file as msgpack (docs/wire.md).")
    ] = None,
    plot: Annotated[
        Path | None,
        typer.Option(
            help="Draw the result's curves and tables to this file: .html, .pdf, .png or .svg "
            "(pip install 'cloche\\[plots]')."
        ),
    ] = None,
) -> None:
    """Run a technique and show what it returns."""
    if plot is not None:
        check_plot(plot)
    path, named_function = split_target(target)
    function = function or named_function
    technique = sys.stdin.read() if str(path) == "-" else path
    positional, named = parse_values(values or [])
    with connect(address, model, dtype, app=app, environment=environment) as client:
        view = client.with_options(
            timeout=timeout,
            seed=seed,
            memory=memory,
            entry_point=function,
            quiet=quiet,
            deterministic=deterministic,
        )
        # Only the result may stand on stdout where a program reads it.
        with contextlib.redirect_stdout(sys.stderr) if as_json else contextlib.nullcontext():
            result = view.run(technique, *positional, **named)
    if save is not None:
        data = wire.encode(result, root="result")
        try:
            save.write_bytes(data)
        except OSError as error:
            raise typer.BadParameter(f"cannot write {save}: {error.strerror}") from None
        err.print(f"wrote {len(data):,} bytes to {save}", markup=False)
    if plot is not None:
        drawn = save_plot(result, plot)
        err.print(f"drew {drawn} of the result's parts to {plot}", markup=False)
    if as_json:
        try:
            print_json(to_json(result))
        except RecursionError:
            raise WireError("nested too deep for JSON; use --save", path="result") from None
    elif isinstance(result, str) and save is None:
        write_output("stdout", result + "\n")  # as it is, not broken into lines
    elif save is None:
        out.print(render(result))
