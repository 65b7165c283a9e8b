"""Loads a directory of techniques, says which files hold none, and runs one of the others.

python examples/techniques_from_files.py [MODEL] [DIRECTORY]
"""

import sys
from pathlib import Path

from cloche import InterpClient

OURS = Path(__file__).parent.parent / "techniques"


def main() -> None:
    model_name = sys.argv[1] if len(sys.argv) > 1 else "gpt2"
    directory = Path(sys.argv[2]) if len(sys.argv) > 2 else OURS
    with InterpClient(model_name=model_name) as client:
        techniques = client.load_techniques_from_dir(directory)
        for name, technique in techniques.items():
            findings = client.check(technique)
            print(f"{name:24} {'refused: ' + findings[0].message if findings else 'ready'}")
        for path, error in techniques.broken.items():
            print(f"{path.stem:24} broken: {error}")

        for token, probability in client.run(techniques["next_token"], "The capital of France is"):
            print(f"{probability:8.4f}  {token!r}")


if __name__ == "__main__":
    main()
