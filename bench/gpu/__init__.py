"""What serving on a GPU rests on, asked of a real one: `python -m bench.gpu`.

Nobody has run it on a GPU yet. What each line means, and what follows from a BAD: docs/gpu.md.
"""
