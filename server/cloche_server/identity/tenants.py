"""`tenants.toml`: terms that an operator writes, and that the running server reads again."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Final

from cloche_server.identity.terms import AllTerms, TermsFault
from cloche_server.identity.watched_file import WatchedFile
from cloche_server.share import EQUAL, Share

_log = logging.getLogger(__name__)

NAME: Final = "tenants.toml"


class Tenants:
    """The terms that hold now. Without a file all tenants have the server's."""

    def __init__(self, folder: Path) -> None:
        """Raises OSError or TermsFault where there is a file that cannot be read or meant."""
        self._watched: WatchedFile[AllTerms] = WatchedFile(folder / NAME, AllTerms.parse)
        self._complaint = ""
        self._held = AllTerms({})
        if self.path.exists():
            self._held = self._watched.value()

    @property
    def path(self) -> Path:
        return self._watched.path

    def now(self) -> AllTerms:
        """What the file says; while it is wrong, or gone, what it said before."""
        try:
            self._held = self._watched.value()
            self._complaint = ""
        except FileNotFoundError as error:
            # That there is none is no fault, unless there was one.
            if self._held.by_tenant:
                self._complain(error)
        except (OSError, TermsFault) as error:
            self._complain(error)
        return self._held

    def share(self, caller: str) -> Share:
        """Of a key of the fair queue: a tenant's, or a connection's, whose name holds a colon."""
        return EQUAL if ":" in caller else self.now().of(caller).share

    def _complain(self, error: Exception) -> None:
        """Once for each fault, not for each call."""
        if str(error) != self._complaint:
            self._complaint = str(error)
            _log.error("%s: the terms of before hold: %s", self.path, error)
