"""`tokens.json`: written by `cloche token`, read by the server that runs.

The file is replaced whole, never changed in place: a reader sees the tokens of before or of after.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

import msgspec

from cloche_server.identity.token import Token
from cloche_server.identity.token_record import TokenFault, TokenRecord
from cloche_server.identity.watched_file import WatchedFile

NAME: Final = "tokens.json"
#: Nobody's: what a token is compared with whose id is unknown, so that it takes as long.
_NOBODYS: Final = Token.draw().digest()

_decoder = msgspec.json.Decoder(dict[str, TokenRecord])
_encoder = msgspec.json.Encoder()


class TokenFile:
    """For one reader on one thread; `changing` also among processes."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._watched: WatchedFile[dict[str, TokenRecord]] = WatchedFile(
            folder / NAME, _decoder.decode
        )

    @property
    def path(self) -> Path:
        return self._watched.path

    def find(self, token: Token) -> TokenRecord | None:
        """The record of a token that is right, whatever its state; else None.

        Raises OSError or msgspec.MsgspecError where the file cannot be read.
        """
        record = self._watched.value().get(token.id)
        right = token.matches(_NOBODYS if record is None else record.sha256)
        return record if right else None

    def all(self) -> Mapping[str, TokenRecord]:
        """By their ids; none where there is no file yet. Raises as `find`."""
        try:
            return self._watched.value()
        except FileNotFoundError:
            return {}

    @contextlib.contextmanager
    def changing(self) -> Iterator[dict[str, TokenRecord]]:
        """Gives all records, by their ids; what was made of them is written at the end.

        Raises as `find`, and whatever the block raises: then nothing is written.
        """
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with (self._folder / ".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            records = dict(self.all())
            yield records
            self._replace(records)

    def _replace(self, records: Mapping[str, TokenRecord]) -> None:
        handle, name = tempfile.mkstemp(dir=self._folder, prefix=f".{NAME}-")  # mode 0600
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(msgspec.json.format(_encoder.encode(records), indent=1) + b"\n")
                file.flush()
                os.fsync(file.fileno())
            self._touch(name)
            os.replace(name, self.path)
        except BaseException:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(name)
            raise

    def _touch(self, name: str) -> None:
        """Two changes within one tick of the clock must not look like one."""
        with contextlib.suppress(FileNotFoundError):
            before = os.stat(self.path).st_mtime_ns
            found = os.stat(name)
            if found.st_mtime_ns <= before:
                os.utime(name, ns=(found.st_atime_ns, before + 1))


def revoke(records: dict[str, TokenRecord], token_id: str, *, at: float) -> None:
    """From `at` on. Raises TokenFault for an id that there is not."""
    record = _known(records, token_id)
    ends = at if record.revoked is None else min(at, record.revoked)
    records[token_id] = msgspec.structs.replace(record, revoked=ends)


def rotate(records: dict[str, TokenRecord], token_id: str, *, now: float, grace_s: float) -> Token:
    """A new token for the same rights; the old one is good for `grace_s` more.

    Raises TokenFault for one that there is not, or that is no longer good.
    """
    record = _known(records, token_id)
    if not record.is_active(now):
        raise TokenFault(f"the token {token_id} was {record.state(now)}; create another")
    token = Token.draw()
    records[token.id] = msgspec.structs.replace(
        record, sha256=token.digest(), created=now, account=record.account or token_id
    )
    revoke(records, token_id, at=now + grace_s)
    return token


def _known(records: Mapping[str, TokenRecord], token_id: str) -> TokenRecord:
    if token_id not in records:
        raise TokenFault(f"there is no token {token_id!r}; cloche token list shows all")
    return records[token_id]
