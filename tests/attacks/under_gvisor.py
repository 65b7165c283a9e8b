"""The same attacks on servers and processes under gVisor: the second table of `make attack`.

Where runsc is missing, says so and succeeds: gVisor is a stand-in for one kind of host.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

from tests.attacks.tally import TITLE
from tests.support import gvisor


def main() -> int:
    if shutil.which("runsc") is None:
        print("not run under gVisor: runsc is not installed (apt-get install runsc)")
        return 0
    names = ("both_walls", "kernel_wall_alone", "language_alone")
    modules = [f"tests/attacks/test_{name}.py" for name in names]
    return subprocess.run(
        gvisor.pytest_command(*modules, *sys.argv[1:]),
        cwd=gvisor.ROOT,
        env={**os.environ, TITLE: "attacks under gVisor"},
        check=False,
    ).returncode


if __name__ == "__main__":
    sys.exit(main())
