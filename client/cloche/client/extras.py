"""Find out which extras of the distribution are installed.

The server's own package comes with the client's, so its being there says nothing: what its extra
brings does.
"""

from __future__ import annotations

import importlib.util

from cloche.contract.errors import ServerStartError

_SERVER = ("torch", "transformers", "RestrictedPython", "msgspec", "limits")


def require_server(why: str, extra: str = "server") -> None:
    """Raises ServerStartError, saying `why` the server is needed and how to get it."""
    missing = [name for name in _SERVER if importlib.util.find_spec(name) is None]
    if missing:
        raise ServerStartError(
            f"{why}: pip install 'cloche[{extra}]' (missing: {', '.join(missing)})"
        )
