"""The proof: this machine's wall stands, and the proof notices when a layer is taken away.

Run as the zygote runs it: in a process of its own that the launcher put into namespaces.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest
from cloche_server.walls.kernel.holes import HOLES
from cloche_server.walls.kernel.lockdown import STEPS

from tests.support import gvisor, profiles

PROVE = """
import dataclasses, errno, json, socket, sys
from cloche_server.walls.kernel import limits, lockdown, namespaces, proof, seccomp

removed = set(json.loads(sys.argv[1]))
landmark = socket.socket(fileno=int(sys.argv[2]))

def lacking(materials):
    raise OSError(errno.ENOSYS, "this kernel has none")

if "_TSYNC" in removed:
    seccomp._TSYNC = seccomp._TSYNC_ESRCH = 0
lockdown.STEPS = proof.STEPS = tuple(
    dataclasses.replace(step, take=lacking) if step.name in removed else step
    for step in lockdown.STEPS
)
try:
    pid_namespaces = None if "pid namespace" in removed else namespaces.PidNamespaces()
except OSError:
    pid_namespaces = None
materials = lockdown.prepare(ceiling=limits.Ceiling(memory_bytes=1 << 30, cpu_s=60))
try:
    wall = proof.prove(materials, pid_namespaces, landmark, halves="halves" in removed)
except lockdown.LockdownError as error:
    print(json.dumps({"refused": str(error)}))
else:
    layers = wall.layers
    print(json.dumps({layer.name: [layer.active, layer.detail, layer.closes] for layer in layers}))
"""

# What the launcher does, and then PROVE instead of the zygote.
LAUNCH = """
import os, sys
from cloche_server.zygote import launcher

execve = os.execve

def begin(path, arguments, environment):
    landmark = arguments[-2]
    execve(path, [path, "-c", sys.argv[2], sys.argv[3], landmark], dict(os.environ))

os.execve = begin
null = os.open("/dev/null", os.O_RDONLY)
raise SystemExit(launcher.main(null))
"""


def prove(*removed: str, under: list[str] | None = None) -> dict[str, object]:
    arguments = [*(under or []), sys.executable, "-c", LAUNCH, "", PROVE, json.dumps(removed)]
    done = subprocess.run(arguments, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    found: dict[str, object] = json.loads(done.stdout)
    return found


@pytest.fixture(scope="module")
def whole() -> dict[str, object]:
    return prove()


def test_the_wall_stands_on_this_machine(whole: dict[str, object]) -> None:
    assert "refused" not in whole, whole
    assert whole["seccomp"][0], "the proof must have seccomp"  # type: ignore[index]


def test_every_hole_is_closed_by_some_layer_alone(whole: dict[str, object]) -> None:
    closed = {name for _, _, closes in whole.values() for name in closes}  # type: ignore[attr-defined]
    assert closed == {hole.name for hole in HOLES}


def test_files_processes_and_neighbours_are_closed_twice(whole: dict[str, object]) -> None:
    """Where the kernel has everything, one layer's failure opens none of these."""
    if not all(active for active, _, _ in whole.values()):  # type: ignore[attr-defined]
        pytest.skip("this kernel lacks a layer")
    for hole in ("read files", "write files", "run programs", "signal other processes",
                 "read other processes' memory"):  # fmt: skip
        layers = [name for name, (_, _, closes) in whole.items() if hole in closes]  # type: ignore[misc]
        assert len(layers) >= 2, (hole, layers)


def test_layers_close_what_they_are_said_to(whole: dict[str, object]) -> None:
    """What a layer would have closed is looked for elsewhere where it is missing."""
    if os.getuid() != 0 or not all(active for active, _, _ in whole.values()):  # type: ignore[attr-defined]
        pytest.skip("this user, or this kernel, has not every layer")
    for step in STEPS:
        if step.name in whole:
            missed = set(step.against) - set(whole[step.name][2])  # type: ignore[index]
            assert missed <= {"reach the network"}, step.name  # closed before, by the namespace


@pytest.mark.parametrize(
    ("removed", "opens"),
    [
        (("seccomp",), "make namespaces"),
        (("seccomp",), "make processes"),
        (("limits",), "outgrow the memory limit"),
        (("descriptors",), "use inherited descriptors"),
        (("environment",), "read the environment"),
        (("seccomp", "landlock", "empty root", "empty directory"), "read files"),
        (("seccomp", "landlock", "empty root", "empty directory"), "run programs"),
        (("seccomp", "ipc namespace"), "attach others' shared memory"),
        (("seccomp", "landlock", "pid namespace", "unprivileged user", "no capabilities",
          "user namespace", "empty root"), "signal other processes"),
    ],
)  # fmt: skip
def test_a_missing_layer_is_noticed(removed: tuple[str, ...], opens: str) -> None:
    if "unprivileged user" in removed and os.getuid() != 0:
        pytest.skip("only root's sandboxes change their user")
    answer = prove(*removed)
    assert opens in str(answer.get("refused")), answer


def test_the_refusal_says_what_to_change() -> None:
    text = str(prove("seccomp")["refused"])
    assert "Refusing to start" in text
    assert "seccomp" in text
    assert "user.max_user_namespaces" in text


def test_steps_stand_after_what_they_need() -> None:
    seen: set[str] = set()
    for step in STEPS:
        assert step.why
        assert set(step.needs) <= seen, step.name
        seen.add(step.name)
    assert STEPS[-1].name == "seccomp"


def test_without_namespaces_the_other_layers_close_everything() -> None:
    """A container whose runtime allows none, and has an old kernel, too."""
    found = prove("landlock", under=profiles.container())
    assert "refused" not in found, found
    for name in ("user namespace", "empty root", "pid namespace", "network namespace"):
        active, detail, _ = found[name]  # type: ignore[misc]
        assert not active
        assert detail
    closed = {name for _, _, closes in found.values() for name in closes}  # type: ignore[attr-defined]
    assert {hole.name for hole in HOLES} - closed <= {"make namespaces"}


def test_a_missing_layer_says_what_stands_in_for_it() -> None:
    found = prove("landlock", "empty root")
    assert "refused" not in found, found
    active, detail, _ = found["landlock"]  # type: ignore[misc]
    assert not active
    assert "this kernel has none. Instead: empty directory, seccomp (read files" in detail


def test_the_empty_directory_is_taken_only_where_the_root_cannot_be_empty(
    whole: dict[str, object],
) -> None:
    if not whole["empty root"][0]:  # type: ignore[index]
        pytest.skip("this kernel gives no empty root")
    assert "empty directory" not in whole
    found = prove("empty root")
    assert found["empty directory"][0]  # type: ignore[index]
    assert {"read files", "write files", "run programs"} <= set(found["empty directory"][2])  # type: ignore[index]


def test_under_gvisor_the_wall_stands_without_landlock() -> None:
    found = prove(under=gvisor.command())
    assert "refused" not in found, found
    assert not found["landlock"][0]  # type: ignore[index]
    assert "read files" in found["seccomp"][2]  # type: ignore[index]
    assert "reach the network" in found["network namespace"][2]  # type: ignore[index]
    assert "signal other processes" in found["pid namespace"][2]  # type: ignore[index]


def test_under_gvisor_seccomp_cannot_be_done_without() -> None:
    text = str(prove("seccomp", under=gvisor.command()).get("refused"))
    assert "make processes" in text
    assert "Refusing to start" in text


def test_threads_that_ran_before_the_filter_are_bound_by_it() -> None:
    """Everything is tried by the first thread and by another, behind a lockdown of two halves."""
    found = prove("halves")
    assert "refused" not in found, found
    active, detail, _ = found["all threads"]  # type: ignore[misc]
    assert active
    assert "bound" in detail


def test_a_thread_that_is_not_bound_is_noticed() -> None:
    text = str(prove("halves", "_TSYNC").get("refused"))
    assert "a technique could still by a second thread" in text, text


def test_under_gvisor_threads_are_bound_too() -> None:
    found = prove("halves", under=gvisor.command())
    assert "refused" not in found, found
    assert found["all threads"][0]  # type: ignore[index]
