"""An OpenAI-compatible chat endpoint in front of a served model (docs/chat.md).

Each request is a call of a technique that writes the answers, in a sandbox like any call, perhaps
after a technique of the operator's that prepares the model.
"""

from __future__ import annotations

from cloche.agents.chat.app import chat_app
from cloche.agents.chat.prepared import chat_technique

__all__ = ["chat_app", "chat_technique"]
