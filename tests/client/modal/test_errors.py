"""Every error of Modal's becomes one of ours, with what to do."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from cloche.contract.errors import ClocheError, HostingError, ServerUnavailableError
from cloche.modal import Resources, deploy, deployment_for, status
from cloche.modal._errors import translate
from grpclib import Status
from modal import exception

from tests.support.modal_control_plane import ControlPlane


@pytest.mark.parametrize(
    ("method", "code", "said", "kind", "advice"),
    [
        ("AppGetOrCreate", Status.UNAUTHENTICATED, "Token ID not found", HostingError,
         "log in with `modal setup`"),
        ("AppCreate", Status.PERMISSION_DENIED, "Not a member", HostingError, "ask an owner"),
        ("FunctionCreate", Status.INVALID_ARGUMENT, "Unknown GPU type: RTX", HostingError,
         "name another, such as 'L4'"),
        ("FunctionCreate", Status.INVALID_ARGUMENT, "memory is too large", HostingError,
         "does not accept this setting"),
        ("FunctionCreate", Status.RESOURCE_EXHAUSTED, "GPU limit reached", HostingError,
         "a quota of the workspace is used up"),
        ("AppPublish", Status.FAILED_PRECONDITION, "newer version", HostingError, "try again"),
    ],
)  # fmt: skip
def test_refusals(
    plane: ControlPlane, method: str, code: Status, said: str, kind: type[ClocheError], advice: str
) -> None:
    plane.refuse(method, code, said)
    with pytest.raises(kind) as caught:
        deploy(deployment_for("probe", "org/tiny", resources=Resources(gpu="T4")))
    assert str(caught.value).startswith("deploying probe: ")
    assert said in str(caught.value)
    assert advice in str(caught.value)


@pytest.mark.parametrize(
    "method", ["AppCreate", "ImageJoinStreaming", "FunctionCreate", "AppPublish"]
)
def test_a_control_plane_that_hangs_up(plane: ControlPlane, method: str) -> None:
    """What ran before still does, and the same again completes the deployment."""
    running = deployment_for("other", "org/tiny")
    deploy(running)
    plane.dies_at = {method}
    with pytest.raises(ServerUnavailableError, match=r"deploying probe: .*try again in a minute"):
        deploy(deployment_for("probe", "org/tiny"))
    plane.dies_at, plane.dead = set(), False
    assert deploy(running).action == "unchanged"
    assert deploy(deployment_for("probe", "org/tiny")).action == "deployed"
    assert status("probe").app_name == "probe"


def test_no_such_app(plane: ControlPlane) -> None:
    with pytest.raises(HostingError, match=r"looking up probe: .*; deploy it first"):
        status("probe")


def test_every_exception_has_a_row_and_no_control_character_passes() -> None:
    for kind in vars(exception).values():
        if isinstance(kind, type) and issubclass(kind, exception.Error):
            made = kind.__new__(kind)
            Exception.__init__(made, "it\x1b[2J said no.")
            told = translate(made, "trying")
            assert isinstance(told, HostingError | ServerUnavailableError)
            assert "\x1b" not in str(told)


def test_without_a_token_it_says_how_to_log_in(tmp_path: Path) -> None:
    program = (
        "from cloche.modal import status\n"
        "from cloche.contract.errors import HostingError\n"
        "try: status('probe')\n"
        "except HostingError as error: print(error)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
        env={
            "HOME": str(tmp_path),
            "PATH": "/usr/bin:/bin",
            "MODAL_SERVER_URL": "http://127.0.0.1:9",
        },
    )
    assert "log in with `modal setup`" in done.stdout, done.stderr


def test_without_the_library_it_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(HostingError, match=r"pip install 'cloche\[modal\]'"):
        status("probe")
