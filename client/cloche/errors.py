"""The exceptions, under their public name."""

from cloche.contract.errors import *  # noqa: F403
