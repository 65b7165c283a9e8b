"""The mutations of the language wall, one for each rule, and the rules that need none."""

from __future__ import annotations

from tests.attacks.teeth.language import (
    absences,
    adapters,
    decisions,
    exempt,
    fast,
    hardening,
    iterators,
    lists,
    native,
    source,
    survey,
    values,
)

MUTATIONS = (
    *source.MUTATIONS,
    *decisions.MUTATIONS,
    *fast.MUTATIONS,
    *survey.MUTATIONS,
    *adapters.MUTATIONS,
    *iterators.MUTATIONS,
    *values.MUTATIONS,
    *hardening.MUTATIONS,
    *native.MUTATIONS,
    *lists.MUTATIONS,
    *absences.MUTATIONS,
)

EXEMPT = {
    **exempt.EXEMPT,
    **survey.EXEMPT,
    **adapters.EXEMPT,
    **iterators.EXEMPT,
    **values.EXEMPT,
    **native.EXEMPT,
}

__all__ = ["EXEMPT", "MUTATIONS"]
