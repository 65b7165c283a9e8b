"""Real techniques, and arguments for each."""

from __future__ import annotations

from typing import Any, Final

from cloche import Technique

from tests.support.gvisor import ROOT
from tests.support.server import RunningServer

_TEXT: Final = "The capital of France is"
CALLS: Final[dict[str, dict[str, Any]]] = {
    "fingerprint": {},
    "logit_lens": {"prompt": _TEXT},
    "attention_patterns": {"text": _TEXT},
    "next_token": {"text": _TEXT},
}


def run(server: RunningServer, name: str) -> Any:
    """What technique `name` gives there."""
    source = Technique.of(ROOT / "techniques" / f"{name}.py").source
    return server.value(source, *CALLS[name].values(), entry_point=name, seed=1)
