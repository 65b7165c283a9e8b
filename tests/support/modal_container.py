"""A container as Modal starts it: its own entry point, with the definition that was deployed.

The process gets the arguments file, the variables and the secrets that the platform would give;
what it needs of the platform it asks the tests' control plane for.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import cloche
import cloche_server
from modal_proto import api_pb2

from tests.support.modal_control_plane import ControlPlane

# As the platform sets it; nothing of ours may see it.
IDENTITY_TOKEN = "identity-token-of-the-container"


@contextlib.contextmanager
def running(
    plane: ControlPlane, app_name: str, folder: Path, environment: Mapping[str, str]
) -> Iterator[subprocess.Popen[bytes]]:
    """Runs the app's server class; whoever asked ends it, at the latest the end of the block.

    Args:
        environment: what the image and the named secrets set.
    """
    app = plane.apps[app_name]
    ((tag, function_id),) = app.functions.items()
    definition = plane.definitions[function_id]
    layout = api_pb2.AppLayout(function_ids=app.functions)
    layout.objects.add(object_id=function_id, function_handle_metadata=plane._metadata(function_id))
    arguments = api_pb2.ContainerArguments(
        task_id="ta-1",
        function_id=function_id,
        app_id=app.app_id,
        function_def=definition,
        app_layout=layout,
    )
    (folder / "arguments").write_bytes(arguments.SerializeToString())
    given = {
        name: value
        for secret_id in definition.secret_ids
        for name, value in plane.variables[secret_id].items()
    }
    roots = {str(Path(package.__path__[0]).parent) for package in (cloche, cloche_server)}
    env = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "PYTHONPATH": os.pathsep.join(sorted(roots)),
        "MODAL_SERVER_URL": plane.url,
        "MODAL_IS_REMOTE": "1",
        "MODAL_TASK_ID": "ta-1",
        "MODAL_IDENTITY_TOKEN": IDENTITY_TOKEN,
        "MODAL_CONTAINER_ARGUMENTS_PATH": str(folder / "arguments"),
        **given,
        **environment,
    }
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "modal._container_entrypoint"],
            env=env, cwd=folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
        )  # fmt: skip
    try:
        yield process
    finally:
        process.kill()
        process.wait()
        assert tag == "InterpBackend"


def hub_cache(model: Path, name: str, home: Path) -> None:
    """Puts a model's files where the hub's library looks first, under `name`."""
    cached = home / "hub" / f"models--{name.replace('/', '--')}"
    commit = "0" * 40
    (cached / "refs").mkdir(parents=True)
    (cached / "refs" / "main").write_text(commit)
    (cached / "snapshots").mkdir()
    (cached / "snapshots" / commit).symlink_to(model)
