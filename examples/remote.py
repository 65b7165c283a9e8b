"""Talks to a running server, and meets each kind of refusal.

cloche serve gpt2 &
python examples/remote.py [ADDRESS]        127.0.0.1:50051 if absent
"""

import sys

from cloche import (
    CallTimeoutError,
    ClocheError,
    InterpClient,
    InvalidRequestError,
    PolicyError,
    TechniqueError,
)

CALLS = {
    "an error of the technique's own": "def f(model, tokenizer):\n    return [1, 2][5]\n",
    "an endless loop": "def f(model, tokenizer):\n    while True:\n        pass\n",
    "a way out": "def f(model, tokenizer):\n    return open('/etc/passwd').read()\n",
    "no function at all": "x = 1\n",
}


def main() -> None:
    address = sys.argv[1] if len(sys.argv) > 1 else "127.0.0.1:50051"
    with InterpClient(address=address) as client:
        print(client.info())
        for name, source in CALLS.items():
            print(f"\n--- {name}")
            try:
                client.with_options(timeout=2).run(source)
            except TechniqueError as error:
                print(f"it raised {error.type}: {error.message}, in line {error.frames[-1].line}")
            except PolicyError as error:
                for item in error.diagnostics:
                    print(f"refused in line {item.line}: {item.message}")
            except CallTimeoutError as error:
                print(f"out of time: {error}")
            except InvalidRequestError as error:
                print(f"wrong request ({error.field}): {error}")


if __name__ == "__main__":
    try:
        main()
    except ClocheError as error:
        sys.exit(f"{type(error).__name__}: {error}")
