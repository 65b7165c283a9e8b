"""Places that a server may be started in, made up on bare Linux: prefixes for its command."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from typing import Final

import pytest

# What Docker leaves to root: chown, dac_override, fowner, fsetid, kill, setgid, setuid, setpcap,
# net_bind_service, net_raw, sys_chroot, mknod, audit_write, setfcap.
_DOCKER_CAPABILITIES: Final = (0, 1, 3, 4, 5, 6, 7, 8, 10, 13, 18, 27, 29, 31)
_LAST_CAPABILITY: Final = Path("/proc/sys/kernel/cap_last_cap")

_CONTAINER: Final = f"""
import os, sys
from cloche_server.walls.kernel import libc

main, users, last = os.getpid(), sys.argv[1], int(sys.argv[2])
unshared_reader, unshared_writer = os.pipe()
mapped_reader, mapped_writer = os.pipe()
if os.fork() == 0:
    os.close(mapped_reader)
    os.read(unshared_reader, 1)
    for name in ("uid_map", "gid_map"):
        with open(f"/proc/{{main}}/{{name}}", "w") as file:
            file.write(f"0 0 {{users}}")
    os._exit(0)
os.close(mapped_writer)
libc.unshare(libc.CLONE_NEWUSER)
os.write(unshared_writer, b".")
os.read(mapped_reader, 1)  # end of file: the users are mapped
os.wait()
with open("/proc/sys/user/max_user_namespaces", "w") as file:
    file.write("0")
for capability in set(range(last + 1)) - set({_DOCKER_CAPABILITIES}):
    libc.prctl(libc.PR_CAPBSET_DROP, capability)
os.execvp(sys.argv[3], sys.argv[3:])
"""


def container(*, users: int = 65536) -> list[str]:
    """As root of a container whose runtime allows no namespaces, with Docker's capabilities."""
    if os.geteuid() != 0 or not _LAST_CAPABILITY.exists():
        pytest.skip("only Linux's root can make up a container")
    return [sys.executable, "-c", _CONTAINER, str(users), _LAST_CAPABILITY.read_text().strip()]


def unprivileged() -> list[str]:
    """As a user who owns nothing and may do nothing."""
    setpriv = shutil.which("setpriv")
    if os.geteuid() != 0 or setpriv is None:
        pytest.skip("needs root and setpriv, to become somebody else")
    return [setpriv, "--reuid=65531", "--regid=65531", "--clear-groups", "--inh-caps=-all"]
