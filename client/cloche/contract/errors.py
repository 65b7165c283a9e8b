"""Everything that Cloche raises, as one tree.

```
ClocheError
├── TechniqueError          the technique raised; carries the remote traceback
├── PolicyError             the language wall refused the source, with line and column
├── InvalidRequestError     the request itself is wrong: entry point, arguments, options
├── LimitError
│   ├── CallTimeoutError    wall clock
│   ├── MemoryLimitError    memory
│   ├── OutputLimitError    printed too much
│   └── ResultLimitError    returned too much
├── SandboxError            the sandbox died: a crash, or an act that the kernel wall forbids
├── SessionError            a session is not there (any more), or cannot do what was asked
├── MapError                some inputs of a map failed; carries each error and all results
├── CallCancelledError      the caller or the server's shutdown ended the call
├── ServerError
│   ├── ServerUnavailableError   nobody answers, or the model is still loading
│   ├── ServerBusyError          the queue is full
│   │   └── RateLimitError       the tenant has begun as many calls as it may for now
│   ├── BudgetError              the token or its tenant has used its model time
│   ├── ServerStartError         an embedded server did not come up
│   ├── AuthenticationError      no token, or one that is not good (any more)
│   ├── PermissionDeniedError    the token is not for this
│   └── HostingError             Modal refuses, or has no such app; says what to do
├── SourceError             a function or file cannot be sent as source
│   ├── ConversionError     a method cannot become a function; lists every reason
│   └── TechniqueFilesError some files of a directory are no techniques; lists each
└── WireError               a value cannot be written or read
```
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


class ClocheError(Exception):
    """Base of every error that Cloche raises on purpose.

    `session_ended`: the server said that the session it was for is there no more.
    """

    session_ended: bool = False


@dataclass(frozen=True, kw_only=True)
class Frame:
    """One line of a technique's traceback; `line` and `column` count from 1, 0 means not known."""

    function: str
    line: int
    column: int = 0
    text: str = ""


class TechniqueError(ClocheError):
    """The technique raised an exception and did not catch it.

    `type` is the remote exception's class name ("ValueError"), `message` its text, `frames` the
    technique's own frames, outermost first, and `traceback` the whole as Python prints it.
    """

    def __init__(
        self,
        *,
        type: str,  # noqa: A002
        message: str,
        frames: tuple[Frame, ...] = (),
        traceback: str = "",
    ) -> None:
        self.type = type
        self.message = message
        self.frames = frames
        self.traceback = traceback
        head = f"{type}: {message}" if message else type
        super().__init__(f"{head}\n\n{traceback.rstrip()}" if traceback else head)


@dataclass(frozen=True, kw_only=True)
class Diagnostic:
    """One finding in a source: a refusal by the language wall, or what cannot be converted.

    Lines and columns count from 1, columns in characters; 0 means not known.
    """

    code: str
    message: str
    hint: str
    line: int
    column: int
    end_line: int = 0
    end_column: int = 0

    def __str__(self) -> str:
        hint = f"; {self.hint}" if self.hint else ""
        where = f"line {self.line}, col {self.column}: " if self.line else ""
        return f"{where}{self.message}{hint}"


class PolicyError(ClocheError):
    """The language wall refused the technique; `diagnostics` say what, where and what instead."""

    def __init__(self, diagnostics: tuple[Diagnostic, ...], message: str = "") -> None:
        self.diagnostics = diagnostics
        super().__init__("\n".join(str(item) for item in diagnostics) or message)


class InvalidRequestError(ClocheError):
    """The request is wrong, and running it again cannot help; `field` names the part."""

    def __init__(self, message: str, *, field: str = "") -> None:
        self.field = field
        super().__init__(message)


class LimitError(ClocheError):
    """A limit ended the call; `with_options` may raise it."""


class CallTimeoutError(LimitError):
    """The technique ran past its wall clock and was killed."""


class MemoryLimitError(LimitError):
    """The technique asked for more memory than the call may add."""


class OutputLimitError(LimitError):
    """The technique printed more than the call may."""


class ResultLimitError(LimitError):
    """The technique's encoded result is larger than the call allows."""


class SandboxError(ClocheError):
    """The sandbox died: native code crashed in it, or it did what the kernel wall forbids."""


class SessionError(ClocheError):
    """No such session is open, or it cannot do what was asked; the message says which."""


class MapError(ClocheError):
    """Some inputs failed. `failures` has each one's error by its index, `results` every result in
    order, with None where an input failed.
    """

    def __init__(self, failures: Mapping[int, ClocheError], results: list[Any]) -> None:
        self.failures = failures
        self.results = results
        first, error = next(iter(failures.items()))
        super().__init__(
            f"{len(failures)} of {len(results)} inputs failed; the first of them, input {first}: "
            f"{error}"
        )


class CallCancelledError(ClocheError):
    """The call was ended from outside before the technique had finished."""


class ServerError(ClocheError):
    """The server cannot take the call now."""


class ServerUnavailableError(ServerError):
    """Nobody answers at the address, or the model is not loaded (again) yet."""


class ServerBusyError(ServerError):
    """Every place to run and to wait is taken; `retry_after_s` is the server's advice."""

    def __init__(self, message: str, *, retry_after_s: float = 1.0) -> None:
        self.retry_after_s = retry_after_s
        super().__init__(message)


class RateLimitError(ServerBusyError):
    """The tenant has begun as many calls as it may for now; after `retry_after_s` it may again."""


class BudgetError(ServerError):
    """The token or its tenant has used its model time. `retry_after_s` is when some of it is free
    again, as far as the server knows.
    """

    def __init__(self, message: str, *, retry_after_s: float = 0.0) -> None:
        self.retry_after_s = retry_after_s
        super().__init__(message)


class ServerStartError(ServerError):
    """An embedded server did not come up; the message ends with what it printed last."""


class AuthenticationError(ServerError):
    """The server does not know who calls: no token, or one that is wrong, expired or revoked."""


class PermissionDeniedError(ServerError):
    """The server knows who calls, and the token is not for this; the message says what it lacks."""


class HostingError(ServerError):
    """Modal refuses, or has nothing of the name; the message says what to do."""


class SourceError(ClocheError):
    """A function cannot be sent as source; the message names the variable and says what to do."""


class ConversionError(SourceError):
    """Source cannot be converted; `problems` say what, where and what to write instead."""

    def __init__(self, problems: tuple[Diagnostic, ...]) -> None:
        self.problems = problems
        super().__init__("\n".join(str(item) for item in problems))


class TechniqueFilesError(SourceError):
    """Files that should hold techniques do not; `broken` has the error of each, by its path."""

    def __init__(self, message: str, broken: Mapping[Path, SourceError]) -> None:
        self.broken = broken
        super().__init__("\n".join([message, *(f"  {error}" for error in broken.values())]))


class WireError(ClocheError):
    """A value cannot be written or read; `path` is where it stands inside the whole."""

    def __init__(self, message: str, *, path: str = "") -> None:
        self.path = path
        super().__init__(f"{path}: {message}" if path else message)
