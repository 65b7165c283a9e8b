"""Exit codes: one table, which `cloche --help` prints."""

from cloche.contract import errors

OK = 0
FAILED = 1
USAGE = 2
REFUSED = 3
LIMIT = 4
SERVER = 5
SANDBOX = 6
INTERRUPTED = 130

# The first row whose class matches decides.
_TABLE: tuple[tuple[type[errors.ClocheError], int], ...] = (
    (errors.TechniqueError, FAILED),
    (errors.PolicyError, REFUSED),
    (errors.LimitError, LIMIT),
    (errors.ServerError, SERVER),
    (errors.SandboxError, SANDBOX),
    (errors.CallCancelledError, INTERRUPTED),
    (errors.ClocheError, USAGE),
)

HELP = (
    "Exit codes: 0 all well; 1 the technique raised, or check or convert found something; 2 wrong "
    "usage or arguments; 3 refused by the language wall; 4 a limit (time, memory, output, result) "
    "ended the call; 5 no server answers, none came up, or it refuses the token; 6 the sandbox "
    "died; 130 interrupted."
)


def code_of(error: errors.ClocheError) -> int:
    """The exit code for an error."""
    return next(code for kind, code in _TABLE if isinstance(error, kind))
