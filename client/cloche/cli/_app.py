"""The program: verbs, exit codes, and errors without our own tracebacks."""

import _thread
import os
import signal
import sys
import threading
import time
from importlib.metadata import PackageNotFoundError, version
from typing import Annotated, NoReturn

import typer

# Before gRPC is loaded: its own log lines say nothing that our errors do not.
os.environ.setdefault("GRPC_VERBOSITY", "NONE")

from cloche._embedded import leave_nothing
from cloche.cli import _exit
from cloche.cli._console import complain, err, out, write_anything
from cloche.cli.check import check
from cloche.cli.convert import convert
from cloche.cli.demo import demo
from cloche.cli.deploy import deploy
from cloche.cli.info import info
from cloche.cli.logs import logs
from cloche.cli.run import run
from cloche.cli.serve import serve
from cloche.cli.status import status
from cloche.cli.stop import stop
from cloche.errors import ClocheError

# After Ctrl-C: an embedded server ends in a second or two.
_LEAVE_WITHIN_S = 8.0

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for verb in (serve, run, check, convert, info, demo, deploy, status, logs, stop):
    app.command(epilog=_exit.HELP)(verb)


def _show_version(wanted: bool) -> None:
    if wanted:
        try:
            out.print(f"cloche {version('cloche')}")
        except PackageNotFoundError:
            out.print("cloche (not installed: running from a checkout)")
        raise typer.Exit


@app.callback(epilog=_exit.HELP)
def program(
    version: Annotated[  # its callback does the work
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version."),
    ] = False,
) -> None:
    """Run other people's Python against a language model that stays loaded, behind two walls."""


def _terminate(number: int, frame: object) -> NoReturn:
    sys.exit(128 + number)


def _interrupt(number: int, frame: object) -> NoReturn:
    # What runs is ended in good order; who asks again does not want to wait for that.
    signal.signal(signal.SIGINT, _leave)
    # Not threading.Thread: a handler may run where that module's locks are held.
    _thread.start_new_thread(_leave_late, ())
    raise KeyboardInterrupt


def _leave_late() -> None:
    """Whatever hangs: who has asked for the end gets it."""
    time.sleep(_LEAVE_WITHIN_S)
    _leave(signal.SIGINT, None)


def _leave(number: int, frame: object) -> NoReturn:
    leave_nothing()
    os._exit(_exit.INTERRUPTED)


def main(arguments: list[str] | None = None) -> None:
    """Runs the command line and exits with its code."""
    write_anything()
    if threading.current_thread() is threading.main_thread():
        # By default the process would end on the spot, and leave its server's directory behind.
        signal.signal(signal.SIGTERM, _terminate)
        if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
            signal.signal(signal.SIGINT, _interrupt)
    try:
        app(arguments, prog_name="cloche")
    except ClocheError as error:
        complain(error)
        sys.exit(_exit.code_of(error))
    except KeyboardInterrupt:
        err.print("interrupted")
        sys.exit(_exit.INTERRUPTED)
    except BrokenPipeError:
        # `cloche run ... | head`: the reader has seen enough.
        sys.stderr.close()
        sys.exit(_exit.OK)
