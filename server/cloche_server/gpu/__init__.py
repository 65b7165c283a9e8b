"""What a GPU adds: a driver to share weights with, tensors laid over them, and what must be loaded
before a sandbox is sealed.

Nothing in here has run on a GPU yet; `docs/gpu.md` says what has been tried, and how.
"""
