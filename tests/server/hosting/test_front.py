"""What the front is given of a container's environment; the rest is shown end to end."""

from __future__ import annotations

import os
import subprocess
import sys

from cloche_server.hosting.front import front_environment

CONTAINER = {
    "PATH": "/usr/local/bin:/usr/bin",
    "HOME": "/root",
    "HF_HOME": "/models",
    "HF_TOKEN": "hub-token",
    "CUDA_VISIBLE_DEVICES": "0",
    "MODAL_IDENTITY_TOKEN": "identity",
    "MODAL_TASK_ID": "ta-1",
    "AWS_SECRET_ACCESS_KEY": "other",
    "CLOCHE_SERVER_CONFIG": "{}",
    "PYTHONPATH": "/somewhere/of/the/platform",
    "LD_PRELOAD": "/evil.so",
}


def test_only_what_is_needed_is_passed_on() -> None:
    given = front_environment(CONTAINER)
    assert set(given) == {
        "PATH", "HOME", "HF_HOME", "CUDA_VISIBLE_DEVICES", "PYTHONPATH",
    }  # fmt: skip
    assert "/somewhere/of/the/platform" not in given["PYTHONPATH"]


def test_our_packages_are_found_from_anywhere() -> None:
    given = front_environment({"PATH": os.environ["PATH"]})
    done = subprocess.run(
        [sys.executable, "-P", "-c", "import cloche, cloche_server; print(cloche.__file__)"],
        env=given,
        cwd="/",
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip().endswith("cloche/__init__.py")


def test_the_containers_first_process_loads_neither_grpc_nor_torch() -> None:
    program = (
        "import sys; import cloche_server.hosting.tunnel.opened, cloche_server.hosting.deployment;"
        "print([m for m in ('grpc', 'google.protobuf', 'torch', 'msgspec') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
