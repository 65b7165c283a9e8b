"""The page that tells an agent what a technique may use: docs/agents.md."""

from __future__ import annotations

from pathlib import Path


def page() -> str:
    """From the package, or from the repository that it runs in."""
    package = Path(__file__).parents[1]
    for path in (package / "_agents.md", package.parents[1] / "docs" / "agents.md"):
        if path.exists():
            return path.read_text(encoding="utf-8")
    raise FileNotFoundError("docs/agents.md is missing from this installation")
