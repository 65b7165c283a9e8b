"""From a server's configuration to its door."""

from __future__ import annotations

from pathlib import Path

import msgspec
from cloche.contract.config import ConfigError, ServerConfig
from cloche.contract.settings import Named

from cloche_server.identity.door import Door, OpenDoor, TokenDoor
from cloche_server.identity.token_file import TokenFile
from cloche_server.identity.watched_file import require_only_ours


def door_of(config: ServerConfig) -> Door:
    """Raises ConfigError where who may call cannot be read."""
    if config.access is None:
        return OpenDoor()
    folder = Path(config.access)
    tokens = TokenFile(folder)
    try:
        require_only_ours(folder)
        require_only_ours(tokens.path)
        tokens.all()
    except FileNotFoundError:
        raise ConfigError(
            Named("access"),
            f" is {config.access!r}, and there is no {tokens.path}; make the first token with "
            f"cloche token create --access {folder} --tenant NAME",
        ) from None
    except (OSError, msgspec.MsgspecError) as error:
        raise ConfigError(Named("access"), f" is {config.access!r}: {error}") from None
    return TokenDoor(tokens)
