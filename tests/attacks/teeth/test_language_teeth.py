"""The corpus has teeth: take away any one rule of the language wall, and an attack escapes.

Where two rules hold the same attacks, one is taken away as well (`along`); with that one alone gone
the attacks must still fail, so that the rule at hand is what holds them.
"""

from __future__ import annotations

import gc

import pytest
import torch
from cloche_server.walls.language import LanguageWall

from tests.attacks import subjects as models
from tests.attacks.attack import find
from tests.attacks.teeth.language import EXEMPT, MUTATIONS
from tests.attacks.teeth.mutation import Mutation
from tests.attacks.teeth.rules import Bench
from tests.attacks.teeth.trial import Trial


@pytest.fixture(scope="module")
def bench():
    torch.set_num_threads(1)
    return Bench.make(LanguageWall.build())


@pytest.fixture(scope="module")
def trial(bench):
    subjects = models.build()
    gc.collect()
    gc.freeze()  # a collection in a child would copy every page
    return Trial(bench, subjects)


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.rule)
def test_without_the_rule_an_attack_escapes(mutation: Mutation, trial: Trial):
    for attack in mutation.attacks:
        outcome = trial.run((*mutation.along, mutation.removal), [attack])
        if outcome.effects:
            break
    else:
        pytest.fail(f"no attack escapes: {outcome.endings}")
    if mutation.along:
        held = trial.run(mutation.along, mutation.attacks)
        assert not held.effects, "the rule is not what holds these attacks"


def test_every_rule_has_a_mutation_or_a_reason(bench: Bench):
    covered = {mutation.rule for mutation in MUTATIONS}
    assert sorted(bench.rules - covered - set(EXEMPT)) == []
    assert all(reason for reason in EXEMPT.values())


def test_nothing_is_said_of_rules_that_are_gone(bench: Bench):
    said = {mutation.rule for mutation in MUTATIONS} | set(EXEMPT)
    said |= {each.rule for mutation in MUTATIONS for each in mutation.along}
    assert sorted(each for each in said - bench.rules if not each.startswith("absent ")) == []
    assert not {mutation.rule for mutation in MUTATIONS} & set(EXEMPT)


def test_every_attack_named_is_there():
    named = {attack for mutation in MUTATIONS for attack in mutation.attacks}
    assert named <= {each.stem for each in find("language", "given")}
