"""The allowlist: rows of names with a reason each, one file a library area. Read these first."""

from __future__ import annotations
