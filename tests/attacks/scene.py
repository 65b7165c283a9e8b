"""What attacks are aimed at, planted afresh, and what of it they disturbed, seen from outside."""

from __future__ import annotations

import contextlib
import os
import secrets
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from tests.attacks.listeners import Listeners

VARIABLE: Final = "CLOCHE_CANARY"
# Which field of /proc/PID/stat says where the environment begins, counted after the name.
_ENV_START: Final = 47


class Scene:
    """A folder, secrets, a victim and listening sockets."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        # Each place has a secret of its own, so that a leak says where from.
        self.secrets = {
            place: f"canary-{place}-{secrets.token_hex(12)}"
            for place in ("file", "victim", "server", "neighbour")
        }
        # What one call is told, and the next must not find.
        self.deposit = f"deposit-{secrets.token_hex(6)}"
        folder.chmod(0o777)
        self._write_secret()
        self.listeners = Listeners(folder)
        self._victim = self._new_victim()
        # Pids of the server's own processes, where there is one.
        self.processes: dict[str, int] = {}

    def facts(self) -> dict[str, Any]:
        """All that an attack is told: more than any caller knows.

        Each of `addresses` is where a process keeps its variables, with a secret among them.
        """
        processes = {"victim": self._victim.pid, **self.processes}
        return {
            "folder": str(self.folder),
            "secret_file": str(self._secret_file),
            "deposit": self.deposit,
            "address": _environment(self._victim.pid),
            "processes": processes,
            "addresses": {name: _environment(pid) for name, pid in processes.items()},
            **self.listeners.facts,
        }

    def leaked(self, data: bytes) -> str | None:
        """Whose secret is in `data`."""
        for place, secret in self.secrets.items():
            if secret.encode() in data:
                return f"the secret of the {place} came back"
        return None

    def disturbed(self) -> str | None:
        """What was done to the scene since the last time; it is made good again."""
        return self._written() or self.listeners.heard() or self._hurt()

    def close(self) -> None:
        self.listeners.close()
        self._victim.kill()
        self._victim.wait()

    @property
    def _secret_file(self) -> Path:
        return self.folder / "secret"

    def _write_secret(self) -> None:
        self._secret_file.write_text(self.secrets["file"])
        self._secret_file.chmod(0o666)

    def _new_victim(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(["sleep", "infinity"], env={VARIABLE: self.secrets["victim"]})

    def _written(self) -> str | None:
        found = None
        for path in self.folder.iterdir():
            if path.name not in ("secret", "socket"):
                found = f"a file was written: {path.name}"
                path.rmdir() if path.is_dir() and not path.is_symlink() else path.unlink()
        try:
            mode = self._secret_file.stat().st_mode & 0o777
            same = (self._secret_file.read_text(), mode) == (self.secrets["file"], 0o666)
        except OSError:
            same = False
        if not same:
            self._write_secret()
            return "the file with the secret was changed"
        return found

    def _hurt(self) -> str | None:
        found = self._victims_state()
        if found is not None:
            self._victim.kill()
            self._victim.wait()
            self._victim = self._new_victim()
        return found

    def _victims_state(self) -> str | None:
        if self._victim.poll() is not None:
            return "another process was killed"
        home = Path(f"/proc/{self._victim.pid}")
        state = stat_fields(self._victim.pid)[0]
        if state not in ("S", "R", "D"):  # it sleeps, or is on its way there
            return f"another process was stopped: its state is {state}"
        variables = (home / "environ").read_bytes()
        if variables and self.secrets["victim"].encode() not in variables:
            return "another process's memory was written"
        with contextlib.suppress(FileNotFoundError):  # gVisor shows nobody's limits
            if (home / "limits").read_text() != Path("/proc/self/limits").read_text():
                return "another process's limits were changed"
        return None


@contextlib.contextmanager
def planted(folder: Path) -> Iterator[Scene]:
    scene = Scene(folder)
    try:
        yield scene
    finally:
        scene.close()


def stat_fields(pid: int) -> list[str]:
    """/proc/PID/stat from the state on: names may hold spaces."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()


def _environment(pid: int) -> int:
    """0 if the kernel does not say, or the process has ended."""
    try:
        fields = stat_fields(pid)
    except (FileNotFoundError, ProcessLookupError):
        return 0
    return int(fields[_ENV_START]) if len(fields) > _ENV_START else 0


def pids() -> set[int]:
    return {int(entry.name) for entry in os.scandir("/proc") if entry.name.isdigit()}


def alive_in_session(session: int, candidates: set[int]) -> list[int]:
    """Which of `candidates` live in a session."""
    found = []
    for pid in candidates:
        with contextlib.suppress(OSError, IndexError):
            fields = stat_fields(pid)
            if int(fields[3]) == session and fields[0] != "Z":
                found.append(pid)
    return found
