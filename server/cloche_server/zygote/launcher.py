"""Launcher. Holds: nothing. Starts: the zygote, in namespaces of its own. Ends: with the zygote.

Who runs it: the front, as `python -P -m cloche_server.zygote.launcher CONTROL_FD`, with a bare
environment. Its child is born into new namespaces and becomes the zygote by exec, so that nothing
of another process is ever in the zygote's memory. Root's zygote is root in its namespace only, and
there knows one more user, whom its sandboxes become.

Where the kernel refuses namespaces the zygote starts without; whether the wall still stands is not
decided here but proved there (`sandbox/proof.py`).
"""

from __future__ import annotations

import os
import signal
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
        _become_zygote(control, mapped_reader, mapped_writer)
    os.close(control)
    if namespaced:
        _map_users(child)
    os.close(mapped_writer)
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status) if os.WIFEXITED(status) else 128 + os.WTERMSIG(status)


def _clone(flags: int) -> int:
    """fork with namespaces. The child may only exec: libc was not told that it forked."""
    return _libc.syscall(_CLONE, flags | signal.SIGCHLD, 0, 0, 0, 0)


def _become_zygote(control: int, mapped_reader: int, mapped_writer: int) -> None:
    try:
        _libc.prctl(_libc.PR_SET_PDEATHSIG, signal.SIGKILL)
        os.close(mapped_writer)
        os.read(mapped_reader, 1)  # end of file: the users are mapped
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
    raise SystemExit(main(int(sys.argv[1])))
