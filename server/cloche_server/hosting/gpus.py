"""The names of Modal's GPUs (modal.com/docs/guide/gpu): one, or several to choose from."""

from __future__ import annotations

import difflib
from collections.abc import Sequence

from cloche.contract.config import ConfigError
from cloche.contract.settings import Named

# "!" wants no better one in its stead, and "+" takes a better one too.
NAMES = (
    "T4", "L4", "A10", "L40S", "A100", "A100-40GB", "A100-80GB", "RTX-PRO-6000", "H100", "H100!",
    "H200", "B200", "B200+",
)  # fmt: skip
# What Modal called the A10 before, and takes still.
_ALSO = ("A10G",)
# Modal has no "any" of its own. Cheapest first.
_ANY = ("L4", "A10", "T4")


def gpus_of(given: str | Sequence[str] | None, *, setting: str) -> tuple[str, ...]:
    """The GPUs to choose from, in order of preference; none: a CPU alone.

    Args:
        given: a name, several of them, or several in one text, with commas between.
        setting: what it is called in an error.

    Raises:
        ConfigError: one that Modal does not have, with the nearest that it has.
    """
    if given is None:
        return ()
    parts = given.split(",") if isinstance(given, str) else list(given)
    names = tuple(str(part).strip().upper() for part in parts)
    if names == ("ANY",):
        return _ANY
    unknown = [
        part for part, name in zip(parts, names, strict=True) if name not in (*NAMES, *_ALSO)
    ]
    if unknown or not names:
        wrong = str(unknown[0]).strip() if unknown else ""
        near = difflib.get_close_matches(wrong.upper(), NAMES, n=1, cutoff=0.5)
        hint = f"did you mean {near[0]}? " if near else ""
        raise ConfigError(
            Named(setting),
            f" is {given!r}; {hint}Modal has {', '.join(NAMES)}: name one, or several with commas "
            "between, or 'any'; leave it out for a CPU",
        )
    return names
