"""The program: subcommands, exit codes, and errors without our own tracebacks."""

import _thread
import os
import signal
import sys
import threading
import time
from typing import Annotated, Any, NoReturn

import typer

# Before gRPC is loaded: its own log lines say nothing that our errors do not.
os.environ.setdefault("GRPC_VERBOSITY", "NONE")

from cloche.cli import _exit
from cloche.cli._console import (
    as_document,
    complain,
    err,
    out,
    print_json,
    write_anything,
)
from cloche.cli.audit import audit, usage
from cloche.cli.chat import chat
from cloche.cli.check import check
from cloche.cli.convert import convert
from cloche.cli.demo import demo
from cloche.cli.deploy import deploy
from cloche.cli.explain import explain
from cloche.cli.info import info
from cloche.cli.login import login, logout
from cloche.cli.logs import logs
from cloche.cli.mcp import mcp
from cloche.cli.repl import repl
from cloche.cli.run import run
from cloche.cli.serve import serve
from cloche.cli.skill import skill
from cloche.cli.status import status
from cloche.cli.stop import stop
from cloche.cli.token import token
from cloche.client.embedded import leave_nothing
from cloche.contract.errors import ClocheError
from cloche.contract.versions import own_version

# After Ctrl-C: an embedded server ends in a second or two.
_LEAVE_WITHIN_S = 8.0
# click's, which typer brings along under a name of its own in newer releases.
_USAGE_ERROR: type[Any] = next(
    kind for kind in typer.BadParameter.__mro__ if kind.__name__ == "ClickException"
)

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for subcommand in (
    serve,
    run,
    repl,
    mcp,
    chat,
    skill,
    check,
    convert,
    explain,
    info,
    demo,
    deploy,
    status,
    logs,
    stop,
    login,
    logout,
    usage,
):
    app.command(epilog=_exit.HELP)(subcommand)
app.add_typer(token, name="token")
app.add_typer(audit, name="audit")


def _show_version(wanted: bool) -> None:
    if wanted:
        out.print(f"cloche {own_version()}")
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


def _run(words: list[str], *, as_json: bool) -> NoReturn:
    if not as_json:
        app(words, prog_name="cloche")
        sys.exit(_exit.OK)
    try:
        code = app(words, prog_name="cloche", standalone_mode=False)
    except _USAGE_ERROR as error:
        error.show()
        print_json(as_document("UsageError", error.format_message(), error.exit_code))
        sys.exit(error.exit_code)
    except typer.Abort:
        raise KeyboardInterrupt from None
    # Where typer.Exit ended the subcommand, its code is what comes back.
    sys.exit(code if isinstance(code, int) else _exit.OK)


def main(arguments: list[str] | None = None) -> None:
    """Runs the command line and exits with its code."""
    write_anything()
    if threading.current_thread() is threading.main_thread():
        # By default the process would end on the spot, and leave its server's directory behind.
        signal.signal(signal.SIGTERM, _terminate)
        if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
            signal.signal(signal.SIGINT, _interrupt)
    words = sys.argv[1:] if arguments is None else arguments
    as_json = "--json" in words
    try:
        _run(words, as_json=as_json)
    except ClocheError as error:
        code = _exit.code_of(error)
        if as_json:
            print_json(as_document(type(error).__name__, str(error), code, error))
        else:
            complain(error)
        sys.exit(code)
    except KeyboardInterrupt:
        err.print("interrupted")
        if as_json:
            text = "interrupted"
            print_json(as_document("KeyboardInterrupt", text, _exit.INTERRUPTED))
        sys.exit(_exit.INTERRUPTED)
    except BrokenPipeError:
        # `cloche run ... | head`: the reader has seen enough.
        sys.stderr.close()
        sys.exit(_exit.OK)
