"""Make a server's door from its configuration."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import msgspec
from cloche.contract.config import ConfigError, ServerConfig
from cloche.contract.settings import Named

from cloche_server.identity.door import Door, OpenDoor, TokenDoor, WebTokenJudge
from cloche_server.identity.failures import Failures, Rejected
from cloche_server.identity.tenants import NAME as TENANTS
from cloche_server.identity.tenants import Tenants
from cloche_server.identity.terms import TermsFault
from cloche_server.identity.token_file import TokenFile
from cloche_server.identity.watched_file import require_only_ours
from cloche_server.share import EQUAL, Share


@dataclass(frozen=True)
class Identity:
    """Who is let in, and what each tenant has of each model's slots."""

    door: Door
    share: Callable[[str], Share]


def identity_of(config: ServerConfig, rejected: Rejected) -> Identity:
    """Raises ConfigError where who may call cannot be read.

    Args:
        rejected: is called for callers that were not let in.
    """
    if config.access is None:
        return Identity(OpenDoor(), lambda caller: EQUAL)
    folder = Path(config.access)
    tokens = TokenFile(folder)
    try:
        require_only_ours(folder)
        require_only_ours(tokens.path)
        tokens.all()
        tenants = Tenants(folder)
        if tenants.path.exists():
            require_only_ours(tenants.path)
    except FileNotFoundError:
        raise ConfigError(
            Named("access"),
            f" is {config.access!r}, and there is no {tokens.path}; make the first token with "
            f"cloche token create --access {folder} --tenant NAME",
        ) from None
    except TermsFault as error:
        raise ConfigError(Named("access"), f": {folder / TENANTS}: {error}") from None
    except (OSError, msgspec.MsgspecError) as error:
        raise ConfigError(Named("access"), f" is {config.access!r}: {error}") from None
    return Identity(TokenDoor(tokens, tenants, Failures(rejected), _web_tokens()), tenants.share)


def _web_tokens() -> WebTokenJudge | None:
    """None where the extra that knows them is not installed."""
    if importlib.util.find_spec("jwt") is None:
        return None
    from cloche_server.identity.web_keys import WebKeys
    from cloche_server.identity.web_token import WebTokens

    return WebTokens(WebKeys())
