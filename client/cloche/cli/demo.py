"""`cloche demo`: a walk through Cloche on a real model, each step checked."""

import time
from pathlib import Path
from typing import Annotated

import platformdirs
import typer
from rich.console import Console
from rich.padding import Padding
from rich.panel import Panel
from rich.text import Text

from cloche import seam
from cloche.cli import _exit
from cloche.cli._console import err, plain
from cloche.cli._demo_steps import STEPS, DemoError, Stage, Step
from cloche.client.display import CallDisplay, Screen
from cloche.client.extras import require_server
from cloche.client.info import size
from cloche.client.interp_client import InterpClient
from cloche.contract.errors import ClocheError, ServerStartError

_WIDEST = 100


def demo(
    model: Annotated[
        str | None,
        typer.Option("--model", "-m", help="Another model instead: a directory or a name."),
    ] = None,
    cache_dir: Annotated[
        Path | None,
        typer.Option(help="Where the demo's model is kept; the user's cache by default."),
    ] = None,
) -> None:
    """Run techniques against a real language model, each in its own sandbox.

    Ends with exit code 0 only if every step did what it says.
    """
    require_server("the demo starts its own server", extra="demo")
    started = time.monotonic()
    # Prose is hard to read in longer lines than this.
    console = Console(highlight=False)
    console = Console(highlight=False, width=min(console.width, _WIDEST))
    console.print(
        Panel(
            Text("Cloche runs other people's Python against a model that stays loaded.\n")
            + Text("Every step below is a call of its own, in a locked-down process of its own."),
            title="[bold]cloche demo[/]",
            title_align="left",
            border_style="cyan",
            padding=(0, 1),
        )
    )
    path = model if model is not None else str(_prepare(console, cache_dir))
    loading = time.monotonic()
    with InterpClient(model_name=path) as client:
        info = client.info()
        held = info.model
        console.print(
            plain(
                f"{Path(held.name).name}: {held.architecture}, "
                f"{held.parameters / 1e6:.0f} million parameters, {held.dtype} on {held.device}, "
                f"{size(held.weight_bytes)}. "
                f"Loaded in {time.monotonic() - loading:.1f}\u00a0s.",
                "dim",
            )
        )
        stage = Stage(client=client, console=console, knows_paris=model is None)
        for number, step in enumerate(STEPS, 1):
            _take(number, step, stage)
    console.print()
    console.print(
        Panel(
            plain(
                f"cloche serve {path} --listen 127.0.0.1:50051\n"
                'cloche run my_technique.py text="Rome is in" --address 127.0.0.1:50051\n'
                "cloche check my_technique.py --address 127.0.0.1:50051\n"
                "In Python: from cloche import InterpClient; see README.md and examples/"
            ),
            title=f"[bold green]all {len(STEPS)} steps did what they say[/] "
            f"[dim]({time.monotonic() - started:.0f} s)[/]",
            subtitle="how to go on",
            title_align="left",
            subtitle_align="right",
            border_style="green",
            padding=(0, 1),
        )
    )


def _take(number: int, step: Step, stage: Stage) -> None:
    console = stage.console
    console.print()
    console.rule(f"[bold cyan]{number}[/] [bold]{step.title}[/]", align="left", style="cyan")
    console.print(plain(step.explanation))
    console.print()
    started = time.monotonic()
    try:
        verified = step.play(stage)
    except DemoError as error:
        err.print(Text(f"step {number} failed: ", "bold red") + plain(str(error)))
        raise typer.Exit(_exit.FAILED) from None
    except ClocheError:
        err.print(Text(f"step {number} failed", "bold red"))
        raise
    took = time.monotonic() - started
    console.print(
        Padding(
            # The time stays with its unit where the line is full.
            Text("✓ ", "bold green") + plain(verified) + Text(f"  {took:.2f}\u00a0s", "dim"),
            (1, 0, 0, 0),
        )
    )


def _prepare(console: Console, cache_dir: Path | None) -> Path:
    where = cache_dir or platformdirs.user_cache_path("cloche")
    said = False
    with CallDisplay(Screen(enabled=True)) as display:

        def report(stage: str, fraction: float) -> None:
            nonlocal said
            if not said and fraction < 1:
                text = f"The model is prepared once, in a minute or two, and kept in {where}"
                console.print(plain(text, "dim"), soft_wrap=True)
                said = True
            display.update(fraction, 1.0, stage)

        try:
            return seam.prepare_demo_model(where, report)
        except seam.ModelError as error:
            raise ServerStartError(str(error)) from None
