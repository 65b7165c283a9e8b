"""The front as a child of the container's process: started, waited for, stopped.

It is started as an embedding client starts it (`python -m cloche_server`, configuration on
standard input), so that launcher, walls and proofs are the same. Its environment is a list of
our own: a container's holds the platform's tokens.
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from cloche.contract.config import ServerConfig

from cloche_server.hosting.child import Child

_PASSED = (
    "PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "LD_LIBRARY_PATH", "SSL_CERT_FILE",
    "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY",
)  # fmt: skip
# Where models lie, without the hub's token, which nothing here needs; which GPU there is.
_PASSED_PREFIXES = ("HF_", "CUDA_", "NVIDIA_")
_KEPT_BACK = ("HF_TOKEN",)
# After its calls: callers are told, its zygote and sandboxes end.
_ENDING_S = 20.0


class FrontEnded(Exception):
    """The server ended before its model was loaded; its log says why."""


class Front(Child):
    """One front process."""

    def __init__(self, config: ServerConfig, environment: Mapping[str, str]) -> None:
        """Starts the process; it is not ready yet. Its log goes where ours goes."""
        self._environment = front_environment(environment)
        self._port = int(config.listen.rpartition(":")[2])
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", "cloche_server"],
            stdin=subprocess.PIPE,
            env=self._environment,
            # What Modal sends to our group is for us: the front is told when to stop.
            start_new_session=True,
        )
        super().__init__(process, drain_s=config.drain_s + _ENDING_S)
        assert process.stdin is not None  # noqa: S101  # stdin=PIPE above
        with contextlib.suppress(BrokenPipeError):  # wait_until_ready says that it is gone
            process.stdin.write(config.to_json().encode() + b"\n")
            process.stdin.flush()

    def wait_until_ready(self) -> None:
        """Waits for as long as the model takes; Modal ends what takes longer than it may.

        Raises:
            FrontEnded: it cannot serve.
        """
        waiter = subprocess.Popen(
            [sys.executable, "-P", "-m", "cloche_server.hosting.ready", f"127.0.0.1:{self._port}"],
            stdin=subprocess.DEVNULL,
            env=self._environment,
        )
        try:
            while waiter.poll() is None:
                code = self.process.poll()
                if code is not None:
                    raise FrontEnded(
                        f"the server ended with exit code {code} before its model was loaded; the "
                        "lines above say why"
                    )
                time.sleep(0.1)
        finally:
            waiter.kill()
            waiter.wait()
        if waiter.returncode != 0:
            raise FrontEnded("the server could not be asked whether it is ready; see above")


def front_environment(environment: Mapping[str, str]) -> dict[str, str]:
    """What the front gets: where to find things, the hub's settings, and our own packages."""
    passed = {
        name: value
        for name, value in environment.items()
        if name in _PASSED or (name.startswith(_PASSED_PREFIXES) and name not in _KEPT_BACK)
    }
    roots = dict.fromkeys(
        str(Path(root).resolve().parent)
        for package in ("cloche", "cloche_server")
        if (found := importlib.util.find_spec(package)) is not None
        for root in found.submodule_search_locations or ()
    )
    return passed | {"PYTHONPATH": os.pathsep.join(roots)}
