"""Launcher. Holds: nothing. Starts: the zygote, in namespaces of its own. Ends: with the zygote.

Who runs it: the front, as `python -P -m cloche_server.zygote.launcher CONTROL_FD FRONT_PID`, with a
bare environment and in a session of its own. Its child is born into new namespaces and becomes the
zygote by exec, so that nothing of another process is ever in the zygote's memory. Root's zygote is
root in its namespace only, and there knows one more user, whom its sandboxes become.

When to stop is for the front to say: what terminals and service managers send to all processes of a
server is ignored here and below, so that calls that run may end. Who kills the front kills all.

Where the kernel refuses some of the namespaces the zygote starts without them; whether the wall
still stands is not decided here but proved there (`walls/kernel/proof.py`).
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import sys

from cloche_server.walls.kernel import identity, libc

# A user namespace first: it gives whoever is not root the power to make the others.
_WANTED = (
    libc.CLONE_NEWUSER,
    libc.CLONE_NEWPID,
    libc.CLONE_NEWNET,
    libc.CLONE_NEWIPC,
    libc.CLONE_NEWNS,
    libc.CLONE_NEWUTS,
)
_CLONE = {"x86_64": 56, "aarch64": 220}[libc.MACHINE]
# Libraries ask for it while they are imported and keep it: the host's own name stays unknown.
_HOST_NAME = "cloche"
_MAPPED = b"m"
# What has to be in the environment that a program begins with. That one stays in its memory, and so
# in every sandbox's, for native code to read: everything else is told afterwards.
_AT_EXEC = ("PYTHONHASHSEED", "PYTHONDONTWRITEBYTECODE", "LD_LIBRARY_PATH")
_BEGIN = """
import json, os, sys
with open(int(sys.argv[3])) as settings:
    given = json.load(settings)
sys.path[:] = given["path"]
os.environ.update(given["environment"])
from cloche_server.zygote.main import main
raise SystemExit(main(int(sys.argv[1]), int(sys.argv[2])))
"""


def obey_only(front: int) -> None:
    """Ends with the front, and at nobody else's wish."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    libc.prctl(libc.PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != front:
        raise SystemExit(0)  # it had ended before the kernel was told


def main(control: int) -> int:
    """Returns the zygote's exit code, or 128 plus the signal that ended it."""
    listener = _listen_outside()
    namespaces = _granted()
    mapped_reader, mapped_writer = os.pipe()
    child = _clone(namespaces)
    if child == 0:
        inherited = (control, listener.fileno())
        own_name = bool(namespaces & libc.CLONE_NEWUTS)
        _become_zygote(inherited, mapped_reader, mapped_writer, own_name=own_name)
    os.close(control)
    listener.close()
    if namespaces & libc.CLONE_NEWUSER:
        _map_users(child)
    os.write(mapped_writer, _MAPPED)
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status) if os.WIFEXITED(status) else 128 + os.WTERMSIG(status)


def _listen_outside() -> socket.socket:
    """A socket that the proof tries to reach from within; the zygote closes it afterwards."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    with contextlib.suppress(OSError):  # no loopback: then there is nothing to be reached
        listener.bind(("127.0.0.1", 0))
        listener.listen()
    return listener


def _granted() -> int:
    """All namespaces at once, or else each that the kernel gives on top of those before it."""
    everything = sum(_WANTED)
    if _is_granted(everything):
        return everything
    granted = 0
    for namespace in _WANTED:
        if _is_granted(granted | namespace):
            granted |= namespace
    return granted


def _is_granted(namespaces: int) -> bool:
    try:
        child = _clone(namespaces)
    except OSError:
        return False
    if child == 0:
        os._exit(0)
    os.waitpid(child, 0)
    return True


def _clone(flags: int) -> int:
    """fork with namespaces. The child may only exec: libc was not told that it forked."""
    return libc.syscall(_CLONE, flags | signal.SIGCHLD, 0, 0, 0, 0)


def _become_zygote(
    inherited: tuple[int, int], mapped_reader: int, mapped_writer: int, *, own_name: bool
) -> None:
    try:
        libc.prctl(libc.PR_SET_PDEATHSIG, signal.SIGKILL)
        os.close(mapped_writer)
        if os.read(mapped_reader, 1) != _MAPPED:
            return  # the launcher ended; so does this
        if own_name:
            socket.sethostname(_HOST_NAME)
        settings = _settings()
        for descriptor in (*inherited, settings):
            os.set_inheritable(descriptor, True)
        arguments = [sys.executable, "-P", "-c", _BEGIN, *map(str, (*inherited, settings))]
        bare = {name: os.environ[name] for name in _AT_EXEC if name in os.environ}
        os.execve(sys.executable, arguments, bare)
    finally:
        os._exit(127)


def _settings() -> int:
    """A pipe that holds where modules are and what libraries are told."""
    reader, writer = os.pipe()
    given = {name: value for name, value in os.environ.items() if name not in _AT_EXEC}
    os.write(writer, json.dumps({"path": sys.path, "environment": given}).encode())
    os.close(writer)
    return reader


def _map_users(child: int) -> None:
    uid, gid = os.getuid(), os.getgid()
    if uid == 0:
        users = [0]
        if identity.mapped(identity.SANDBOX_UID):  # not in a container that knows one user only
            users.append(identity.SANDBOX_UID)
        both = "\n".join(f"{user} {user} 1" for user in users)
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
