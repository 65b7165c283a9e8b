"""Techniques in tests: what `pytest-cloche` offers, and what it stores (docs/testing.md)."""
