"""A stand-in for `python -m cloche_server`. Model "loads" in three stages; some names misbehave.

Run with the directory that `install` made first on PYTHONPATH.
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path


def install(directory: Path) -> None:
    """Makes a `cloche_server` package in `directory` that runs this file."""
    package = directory / "cloche_server"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "__main__.py").write_text(
        f"import runpy\nrunpy.run_path({str(Path(__file__))!r}, run_name='__main__')\n"
    )


def main() -> None:
    sys.path.insert(0, str(Path(__file__).parents[3]))
    from cloche.v1 import execution_pb2 as pb

    from tests.client.support.fake_server import FakeService, running_it, serving

    config = json.loads(sys.stdin.readline())
    name = config["model"]["name"]
    print(f"config {json.dumps(config, sort_keys=True)}", file=sys.stderr, flush=True)
    if name == "broken":
        print("cloche: no such model: 'broken'", file=sys.stderr)
        sys.exit(3)
    service = FakeService()
    service.handler = running_it
    service.states = [
        (pb.SERVER_STATE_STARTING, "reading weights", 0.2),
        (pb.SERVER_STATE_STARTING, "warming up", None),
        (pb.SERVER_STATE_READY, "", None),
    ]
    if name == "stuck":
        service.states = [(pb.SERVER_STATE_STARTING, "reading weights", 0.1)]
    if name == "dies-loading":
        service.states = service.states[:1]
    with serving(service, config["listen"]):
        if name == "dies-loading":
            time.sleep(0.5)
            print("Killed: out of memory", file=sys.stderr, flush=True)
            os._exit(9)
        if name == "deaf":
            time.sleep(600)
        while os.read(0, 4096):
            pass


if __name__ == "__main__":
    main()
