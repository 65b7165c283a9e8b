"""`cloche skill`"""

import sys

from cloche.agents._page import page


def skill() -> None:
    """Print what an agent has to know to write techniques: docs/agents.md."""
    sys.stdout.write(page())
