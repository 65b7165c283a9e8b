"""One technique, many inputs: a bounded number of calls at once, each failure with its input."""

from __future__ import annotations

from collections.abc import Iterable, Sized
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any, Final, Protocol

from cloche.client.display import CallDisplay, write_log, write_output
from cloche.client.events import Done, Event, Log, Output, Usage
from cloche.contract.errors import (
    ClocheError,
    InvalidRequestError,
    LimitError,
    MapError,
    SandboxError,
    ServerError,
    TechniqueError,
    WireError,
)

if TYPE_CHECKING:
    from collections.abc import Generator

    from cloche.client.cancellation import Cancellation
    from cloche.client.display import Screen

# What another input may not meet. All else (no server, refused source) would be said of each.
_OF_THE_INPUT: Final = (TechniqueError, LimitError, SandboxError, WireError)


_Said = Output | Log


@dataclass(frozen=True, kw_only=True)
class MapItem:
    """One input's outcome: `error` is None where the technique returned `result`."""

    index: int
    input: Any
    result: Any = None
    error: ClocheError | None = None
    usage: Usage | None = None


class Start(Protocol):
    """Starts one call for one input, and gives its events."""

    def __call__(self, value: object) -> Generator[Event, None, None]: ...


def as_completed(
    start: Start,
    inputs: Iterable[Any],
    *,
    concurrency: int,
    quiet: bool,
    screen: Screen,
    cancellation: Cancellation,
) -> Generator[MapItem, None, None]:
    """Yields each input's outcome as it comes. Inputs are taken as there is room for them.

    What a call prints is written in one piece when it ends. Closing the generator ends what runs.

    Raises:
        ClocheError: one that every other input would meet too.
    """
    waiting = enumerate(inputs)
    total = len(inputs) if isinstance(inputs, Sized) else None
    finished = failed = 0
    running: set[Future[tuple[MapItem, list[_Said]]]] = set()
    logged: set[Log] = set()
    pool = ThreadPoolExecutor(concurrency, thread_name_prefix="cloche-map")
    try:
        with CallDisplay(screen) as display:
            while True:
                for index, value in islice(waiting, concurrency - len(running)):
                    running.add(pool.submit(_outcome, start, index, value))
                if not running:
                    return
                done, running = wait(running, return_when=FIRST_COMPLETED)
                for future in done:
                    item, printed = future.result()
                    if not quiet:
                        _write(printed, logged)
                    finished += 1
                    failed += item.error is not None
                    note = f"{finished} done" + (f", {failed} failed" if failed else "")
                    display.update(finished, total, note)
                    yield item
    finally:
        cancellation.cancel()
        pool.shutdown(cancel_futures=True)


def in_order(items: Iterable[MapItem]) -> list[Any]:
    """The results in the order of their inputs.

    Raises:
        MapError: some inputs failed; it has the others' results.
    """
    ordered = sorted(items, key=lambda item: item.index)
    failures = {item.index: item.error for item in ordered if item.error is not None}
    results = [item.result for item in ordered]
    if failures:
        raise MapError(failures, results)
    return results


def check_concurrency(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 < value <= 1024:
        raise InvalidRequestError(
            f"concurrency is {value!r}; it must be a whole number from 1 to 1024",
            field="concurrency",
        )
    return value


def _outcome(start: Start, index: int, value: object) -> tuple[MapItem, list[_Said]]:
    printed: list[_Said] = []
    try:
        with closing(start(value)) as events:
            for event in events:
                if isinstance(event, (Output, Log)):
                    printed.append(event)
                elif isinstance(event, Done):
                    item = MapItem(index=index, input=value, result=event.result, usage=event.usage)
                    return item, printed
    except _OF_THE_INPUT as error:
        return MapItem(index=index, input=value, error=error), printed
    except InvalidRequestError as error:
        if error.field not in ("args", "kwargs"):
            raise
        return MapItem(index=index, input=value, error=error), printed
    raise ServerError("the stream ended without a result")


def _write(printed: list[_Said], logged: set[Log]) -> None:
    """What libraries warn of is shown once for all inputs."""
    for said in printed:
        if isinstance(said, Output):
            write_output(said.stream, said.text)
        elif said not in logged:
            logged.add(said)
            write_log(said.level, said.text)
