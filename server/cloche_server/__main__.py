"""`python -m cloche_server`: an embedded server, as `InterpClient(model_name=...)` starts it.

The first line of standard input is a ServerConfig as JSON; the server stops when the input ends.
"""

import logging
import os
import sys

from cloche.contract.config import ConfigError, ServerConfig

from cloche_server.serve import serve


def main() -> int:
    """Returns the exit code: 0 stopped as asked, 1 could not serve, 2 not a configuration."""
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    try:
        config = ServerConfig.from_json(_first_line())
    except ConfigError as error:
        print(f"cloche: {error}", file=sys.stderr)
        return 2
    return serve(config, until_stdin_closes=True)


def _first_line() -> str:
    """Unbuffered: what follows the line belongs to the server."""
    line = bytearray()
    while not line.endswith(b"\n"):
        byte = os.read(0, 1)
        if not byte:
            break
        line += byte
    return line.decode(errors="replace")


raise SystemExit(main())
