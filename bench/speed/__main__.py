"""Measures calls against the ways of running a function that have fewer walls, or none.

Run: `python -m bench.speed [--rounds N] [--to FOLDER]`. It writes `speed.json`, `speed.md` and a
picture, and prints the report. A quarter of an hour with the default number of rounds.
"""

from __future__ import annotations

from bench.speed import environment


def main() -> None:
    environment.adopt()
    from bench.speed.run import main as run

    run()


if __name__ == "__main__":
    main()
