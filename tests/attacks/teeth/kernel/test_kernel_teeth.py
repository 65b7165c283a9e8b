"""The kernel wall has teeth: without any one layer, row or limit, an act succeeds.

Each act fails behind the wall without the layers that overlap with the rule, and works once the
rule is gone too. So no rule is there for nothing, and no act would work for another reason.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.attacks.teeth.kernel import laboratory
from tests.attacks.teeth.kernel.mutations import EXEMPT, MUTATIONS, KernelMutation

# What the launcher does, and then the laboratory instead of the zygote.
LAUNCH = """
import os, sys
from cloche_server.walls.kernel import libc
from cloche_server.zygote import launcher

which, here = sys.argv[1:]
if which == "network":
    launcher._WANTED = tuple(each for each in launcher._WANTED if each != libc.CLONE_NEWNET)

execve = os.execve

def begin(path, arguments, environment):
    module = "tests.attacks.teeth.kernel.laboratory"
    execve(path, [path, "-m", module, which], {**os.environ, "PYTHONPATH": here})

os.execve = begin
raise SystemExit(launcher.main(os.open("/dev/null", os.O_RDONLY)))
"""
ROOT = Path(__file__).parents[4]


def run(which: str) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-c", LAUNCH, which, str(ROOT)],
        capture_output=True,
        text=True,
        timeout=280,
        cwd=ROOT,
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.fixture(scope="module")
def endings() -> dict[str, Any]:
    found = run("without network")
    for name, ending in run("network").items():
        found[name] = {**found.get(name, {}), **ending}
    return found


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.name)
def test_without_the_rule_the_act_works(mutation: KernelMutation, endings: dict[str, Any]) -> None:
    if mutation.needs_root and os.getuid() != 0:
        pytest.skip("only root's sandboxes change their user")
    standing, without = (endings[mutation.name][each] for each in ("standing", "without"))
    if without["elsewhere"]:
        pytest.skip(without["text"])
    assert not standing["open"], f"it works with the rule in place: {standing['text']}"
    assert without["open"], f"it fails without the rule too: {without['text']}"


def test_every_rule_has_a_mutation() -> None:
    covered = {mutation.rule for mutation in MUTATIONS}
    assert laboratory.rules() - covered - set(EXEMPT) == set()
    assert (covered | set(EXEMPT)) - laboratory.rules() == set()
    assert not covered & set(EXEMPT)
