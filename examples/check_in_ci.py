"""Fails a build when a technique would be refused, without running any.

python examples/check_in_ci.py ADDRESS techniques/*.py
"""

import sys
from pathlib import Path

from cloche import InterpClient


def main() -> int:
    address, *files = sys.argv[1:]
    refused = 0
    with InterpClient(address=address) as client:
        # Helpers, whose names begin with an underscore, are checked with what imports them.
        for file in files:
            if Path(file).name.startswith("_"):
                continue
            for finding in client.check(Path(file)):
                refused += 1
                print(f"{finding}\n")
    print(f"{len(files)} techniques, {refused} findings")
    return 1 if refused else 0


if __name__ == "__main__":
    sys.exit(main())
