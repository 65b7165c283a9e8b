"""Launcher. Holds: nothing. Starts: the zygote, in namespaces of its own. Ends: with the zygote.

Who runs it: the front, as `python -P -m cloche_server.zygote.launcher CONTROL_FD FRONT_PID`, with a
bare environment and in a session of its own. Its child is born into new namespaces and becomes the
zygote by exec, so that nothing of another process is ever in the zygote's memory. Root's zygote is
root in its namespace only, and there knows one more user, whom its sandboxes become.

When to stop is for the front to say: what terminals and service managers send to all processes of a
server is ignored here and below, so that calls that run may end. Who kills the front kills all.

Where the kernel refuses namespaces the zygote starts without; whether the wall still stands is not
decided here but proved there (`sandbox/proof.py`).
"""

from __future__ import annotations

import os
import signal
import socket
import sys

from cloche_server.sandbox import _libc
from cloche_server.sandbox.identity import SANDBOX_UID

_WANTED = (
    _libc.CLONE_NEWUSER
    | _libc.CLONE_NEWPID
    | _libc.CLONE_NEWNET
    | _libc.CLONE_NEWIPC
    | _libc.CLONE_NEWNS
    | _libc.CLONE_NEWUTS
)
_CLONE = {"x86_64": 56, "aarch64": 220}[_libc.MACHINE]
# Libraries ask for it while they are imported and keep it: the host's own name stays unknown.
_HOST_NAME = "cloche"
_MAPPED = b"m"


def obey_only(front: int) -> None:
    """Ends with the front, and at nobody else's wish."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    _libc.prctl(_libc.PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != front:
        raise SystemExit(0)  # it had ended before the kernel was told


def main(control: int) -> int:
    """Returns the zygote's exit code, or 128 plus the signal that ended it."""
    mapped_reader, mapped_writer = os.pipe()
    try:
        child = _clone(_WANTED)
    except OSError:
        child = _clone(0)
        namespaced = False
    else:
        namespaced = True
    if child == 0:
        _become_zygote(control, mapped_reader, mapped_writer, namespaced)
    os.close(control)
    if namespaced:
        _map_users(child)
    os.write(mapped_writer, _MAPPED)
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status) if os.WIFEXITED(status) else 128 + os.WTERMSIG(status)


def _clone(flags: int) -> int:
    """fork with namespaces. The child may only exec: libc was not told that it forked."""
    return _libc.syscall(_CLONE, flags | signal.SIGCHLD, 0, 0, 0, 0)


def _become_zygote(control: int, mapped_reader: int, mapped_writer: int, namespaced: bool) -> None:
    try:
        _libc.prctl(_libc.PR_SET_PDEATHSIG, signal.SIGKILL)
        os.close(mapped_writer)
        if os.read(mapped_reader, 1) != _MAPPED:
            return  # the launcher ended; so does this
        if namespaced:
            socket.sethostname(_HOST_NAME)
        os.set_inheritable(control, True)
        arguments = [sys.executable, "-P", "-m", "cloche_server.zygote", str(control)]
        os.execv(sys.executable, arguments)
    finally:
        os._exit(127)


def _map_users(child: int) -> None:
    uid, gid = os.getuid(), os.getgid()
    if uid == 0:
        both = f"0 0 1\n{SANDBOX_UID} {SANDBOX_UID} 1"
        maps = {"uid_map": both, "gid_map": both}
    else:
        maps = {"setgroups": "deny", "uid_map": f"0 {uid} 1", "gid_map": f"0 {gid} 1"}
        if not os.path.exists(f"/proc/{child}/setgroups"):
            del maps["setgroups"]  # gVisor has no such file, and asks for none
    for name, text in maps.items():
        with open(f"/proc/{child}/{name}", "w") as file:
            file.write(text)


if __name__ == "__main__":
    obey_only(int(sys.argv[2]))
    raise SystemExit(main(int(sys.argv[1])))
