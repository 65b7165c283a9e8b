"""Keep what `cloche login` stores: a token for each address, readable by this user alone."""

from __future__ import annotations

import contextlib
import json
import os
import stat
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import platformdirs

from cloche.contract.errors import InvalidRequestError
from cloche.tls import Tls

_NAME: Final = "logins.json"


@dataclass(frozen=True, kw_only=True)
class Login:
    """For one address; no other server ever gets the token."""

    token: str = field(repr=False)
    tls: Tls | None = None


def logins_path() -> Path:
    """Where they are stored."""
    return platformdirs.user_config_path("cloche") / _NAME


def find_login(address: str) -> Login | None:
    """Raises InvalidRequestError where the file is no longer ours alone, or not as we wrote it."""
    stored = _stored().get(address)
    if stored is None:
        return None
    tls = stored.get("tls")
    return Login(token=stored["token"], tls=None if tls is None else Tls.from_fields(tls))


def store_login(address: str, login: Login) -> Path:
    """Returns the file that holds it now. Raises as `find_login`, and OSError."""
    tls = None if login.tls is None else login.tls.fields()
    return _replace({**_stored(), address: {"token": login.token, "tls": tls}})


def forget_login(address: str) -> bool:
    """Whether there was one. Raises as `store_login`."""
    stored = _stored()
    if stored.pop(address, None) is None:
        return False
    _replace(stored)
    return True


def _stored() -> dict[str, dict[str, Any]]:
    path = logins_path()
    try:
        with path.open("rb") as file:
            mode = os.fstat(file.fileno()).st_mode
            text = file.read()
    except (FileNotFoundError, NotADirectoryError, PermissionError):
        return {}  # also where a service may not look into its user's home
    except OSError as error:
        raise InvalidRequestError(f"cannot read {path}: {error.strerror}", field="token") from None
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise InvalidRequestError(
            f"{path} holds tokens, and other users may open it; chmod 600 it", field="token"
        )
    try:
        stored: dict[str, dict[str, Any]] = json.loads(text)
        if all(isinstance(each["token"], str) for each in stored.values()):
            return stored
    except (ValueError, TypeError, KeyError, AttributeError):
        pass
    raise InvalidRequestError(
        f"{path} is not as cloche login writes it; remove it, and log in again", field="token"
    )


def _replace(stored: dict[str, dict[str, Any]]) -> Path:
    path = logins_path()
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{_NAME}-")  # mode 0600
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(stored, file, indent=1)
        os.replace(name, path)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(name)
        raise
    return path
