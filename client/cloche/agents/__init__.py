"""What agents are given: tools over the client, and a page to read (docs/agents.md).

`Tools` are the functions, `openai_tools` describes them as chat completions do, and `call` runs
what a model answers.
"""

from __future__ import annotations

from cloche.agents._definitions import call, openai_tools
from cloche.agents._tools import Tools

__all__ = ["Tools", "call", "openai_tools"]
