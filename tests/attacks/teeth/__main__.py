"""Which attacks escape without a rule: `python -m tests.attacks.teeth "RULE"`.

Without a rule named, lists the rules that no mutation and no reason covers.
"""

from __future__ import annotations

import sys

from cloche_server.walls.language import LanguageWall

from tests.attacks import subjects
from tests.attacks.attack import find
from tests.attacks.teeth.language import EXEMPT, MUTATIONS
from tests.attacks.teeth.mutation import Removal
from tests.attacks.teeth.rules import Bench
from tests.attacks.teeth.trial import Trial


def main(rules: list[str]) -> None:
    bench = Bench.make(LanguageWall.build())
    covered = {mutation.rule for mutation in MUTATIONS} | set(EXEMPT)
    if not rules:
        print("\n".join(sorted(bench.rules - covered)))
        return
    trial = Trial(bench, subjects.build())
    outcome = trial.run(
        [Removal(rule) for rule in rules], [each.stem for each in find("language", "given")]
    )
    for attack, effect in outcome.effects.items():
        print(f"{attack}: {effect}")


if __name__ == "__main__":
    main(sys.argv[1:])
