"""A Unix socket's name: taken only where nobody listens, and given up only where it is ours.

gRPC deletes what is in the way when it begins to listen, and whatever has the name when it ends. So
it listens under a name that nobody else has, and the asked-for name is made another of the same
socket.
"""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import socket
import stat
from dataclasses import dataclass
from pathlib import Path

PREFIX = "unix:"
_SHORTEST_NAME = 7
_TRIES = 3


class AddressTaken(Exception):
    """Somebody listens there, or the name is something else's; the message says which."""


@dataclass(frozen=True)
class SocketName:
    """A name for a socket that listens under `hidden` until it has it."""

    path: Path
    hidden: Path

    @classmethod
    def of(cls, address: str) -> SocketName:
        """Args: address: "unix:/path"."""
        path = Path(address.removeprefix(PREFIX))
        # No longer than the asked-for one: a socket's path has 107 bytes at most.
        length = max(len(os.fsencode(path.name)), _SHORTEST_NAME)
        return cls(path, path.with_name(f".{secrets.token_hex(length)}"[:length]))

    @property
    def listen(self) -> str:
        """The address to listen at until the name is taken."""
        return f"{PREFIX}{self.hidden}"

    def require_free(self) -> None:
        """Raises AddressTaken; a socket that nobody listens at is removed."""
        try:
            kind = os.lstat(self.path).st_mode
        except FileNotFoundError:
            return
        if not stat.S_ISSOCK(kind):
            raise AddressTaken(f"{self.path} is in the way, and not a socket")
        with socket.socket(socket.AF_UNIX) as peer:
            peer.settimeout(1.0)
            try:
                peer.connect(str(self.path))
            except ConnectionRefusedError:
                pass  # left behind by a server that was killed
            except OSError as error:
                if error.errno not in (errno.EAGAIN, errno.ETIMEDOUT):
                    raise AddressTaken(f"{self.path} cannot be tried: {error.strerror}") from None
                raise AddressTaken(f"a server listens at {self.path} already") from None
            else:
                raise AddressTaken(f"a server listens at {self.path} already")
        with contextlib.suppress(FileNotFoundError):
            self.path.unlink()

    def take(self) -> Taken:
        """Gives the socket its name. Raises AddressTaken, also where another was faster."""
        try:
            for _ in range(_TRIES):
                self.require_free()
                try:
                    os.link(self.hidden, self.path)
                except FileExistsError:
                    continue
                found = os.lstat(self.path)
                return Taken(self.path, (found.st_dev, found.st_ino))
        except OSError as error:
            raise AddressTaken(f"{self.path} cannot be taken: {error.strerror}") from None
        finally:
            with contextlib.suppress(FileNotFoundError):
                self.hidden.unlink()
        raise AddressTaken(f"a server begins to listen at {self.path} again and again")


@dataclass(frozen=True)
class Taken:
    """A name that is ours until `give_up`."""

    path: Path
    identity: tuple[int, int]

    def give_up(self) -> None:
        """Removes it, unless somebody else's socket has it by now. Idempotent."""
        with contextlib.suppress(FileNotFoundError):
            found = os.lstat(self.path)
            if (found.st_dev, found.st_ino) == self.identity:
                self.path.unlink()
