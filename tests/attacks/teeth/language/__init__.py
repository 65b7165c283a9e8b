"""The mutations of the language wall, one for each rule, and the rules that need none."""

from __future__ import annotations

from tests.attacks.teeth.language import (
    absences,
    adapters,
    admitted,
    called_back,
    decisions,
    exempt,
    fast,
    handed_on,
    hardening,
    iterators,
    lists,
    loaders,
    native,
    openings,
    parametrized,
    private,
    source,
    survey,
    utilities,
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
    *openings.MUTATIONS,
    *parametrized.MUTATIONS,
    *lists.MUTATIONS,
    *loaders.MUTATIONS,
    *private.MUTATIONS,
    *called_back.MUTATIONS,
    *absences.MUTATIONS,
    *utilities.MUTATIONS,
    *handed_on.MUTATIONS,
)

EXEMPT = {
    **exempt.EXEMPT,
    **survey.EXEMPT,
    **adapters.EXEMPT,
    **admitted.EXEMPT,
    **iterators.EXEMPT,
    **private.EXEMPT,
    **called_back.EXEMPT,
    **values.EXEMPT,
    **native.EXEMPT,
    **loaders.EXEMPT,
    **openings.EXEMPT,
    **parametrized.EXEMPT,
    **utilities.EXEMPT,
    **handed_on.EXEMPT,
}

__all__ = ["EXEMPT", "MUTATIONS"]
