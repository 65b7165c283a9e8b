"""`cloche repl`"""

import codeop
import contextlib
import signal
import sys
from collections.abc import Iterator
from typing import Annotated

import typer

from cloche.cli._connect import Address, App, DType, Model, connect
from cloche.cli._console import complain, err, out, plain
from cloche.cli._hosting import Environment
from cloche.client import cells
from cloche.client.interp_client import InterpClient
from cloche.client.session import Session
from cloche.contract.errors import ClocheError, InvalidRequestError

_BACK = ":rollback"
_HELP = f"Python, run in a session with model and tokenizer; {_BACK} N goes back, Ctrl-D ends."


def repl(
    address: Address = None,
    model: Model = None,
    app: App = None,
    environment: Environment = None,
    dtype: DType = None,
    timeout: Annotated[float | None, typer.Option(help="Seconds that one entry may run.")] = None,
    memory: Annotated[str | None, typer.Option(help='Memory of the session: "2GB".')] = None,
    checkpoints: Annotated[int, typer.Option(help=f"States that {_BACK} may go back to.")] = 8,
) -> None:
    """Type Python against the model, in a session that keeps what it defines."""
    with connect(address, model, dtype, app, environment) as client, _interrupts():
        _talk(client.with_options(timeout=timeout), memory, checkpoints)


@contextlib.contextmanager
def _interrupts() -> Iterator[None]:
    """Within: Ctrl-C ends what runs, and not the program in a while."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _talk(client: InterpClient, memory: str | None, checkpoints: int) -> None:
    interactive = sys.stdin.isatty()
    if interactive:
        with contextlib.suppress(ImportError):
            import readline  # noqa: F401  # input() edits lines where it is there
        err.print(_HELP)
    session = _open(client, memory, checkpoints)
    try:
        for entry in _entries(">>> " if interactive else "", "... " if interactive else ""):
            ended = False
            try:
                _do(session, entry)
            except ClocheError as error:
                complain(error)
                ended = error.session_ended
            except SyntaxError as error:
                err.print(plain(f"error: {error}"))
            except KeyboardInterrupt:
                err.print("interrupted")
                ended = True  # a call that is cancelled ends its session
            if ended:
                session.close()
                session = _open(client, memory, checkpoints)
                err.print("the session has ended; this is another, and nothing is defined")
    finally:
        session.close()


def _open(client: InterpClient, memory: str | None, checkpoints: int) -> Session:
    session = client.session(memory=memory, checkpoints=checkpoints)
    try:
        session.run(cells.PREAMBLE)
    except BaseException:
        session.close()
        raise
    return session


def _do(session: Session, entry: str) -> None:
    word, _, rest = entry.strip().partition(" ")
    if word == _BACK:
        if not rest.isdigit():
            raise InvalidRequestError(
                f"{_BACK} takes how many entries to keep, as in {_BACK} 3", field=_BACK
            )
        # The preamble is the session's first call.
        session.rollback(int(rest) + 1)
        return
    source = cells.technique(entry, as_text=True)
    shown = session.with_options(entry_point=cells.ENTRY).run(source)
    if isinstance(shown, str):
        out.print(plain(shown), soft_wrap=True)


def _entries(first: str, more: str) -> Iterator[str]:
    """What is typed, each as soon as it is whole; ends with the input."""
    lines: list[str] = []
    while True:
        try:
            lines.append(input(more if lines else first))
        except EOFError:
            if lines:
                yield "\n".join(lines) + "\n"
            return
        except KeyboardInterrupt:
            err.print()
            lines = []
            continue
        text = "\n".join(lines)
        if not text.strip():
            lines = []
        elif text.startswith(":") or _is_whole(text):
            yield text + "\n"
            lines = []


def _is_whole(text: str) -> bool:
    """Whether no further line could belong to it; what is wrong is said when it runs."""
    try:
        return codeop.compile_command(text, "<stdin>", "single") is not None
    except (SyntaxError, ValueError, OverflowError):
        return True
