"""The mutations of the language wall, one for each rule, and the rules that need none."""

from __future__ import annotations

from tests.attacks.teeth.language import (
    absences,
    adapters,
    decisions,
    hardening,
    lists,
    source,
    values,
)
from tests.attacks.teeth.language.exempt import EXEMPT

MUTATIONS = (
    *source.MUTATIONS,
    *decisions.MUTATIONS,
    *adapters.MUTATIONS,
    *values.MUTATIONS,
    *hardening.MUTATIONS,
    *lists.MUTATIONS,
    *absences.MUTATIONS,
)

__all__ = ["EXEMPT", "MUTATIONS"]
