"""A function → source that stands alone.

The server has none of the caller's files, so what a function uses must go along as text: its
file's imports, the helpers, classes and constants it reaches, and the values its closure holds.
Names are resolved to what they mean *now*; each is then written again (a definition, an import, a
literal) or, for arrays and tensors, travels beside the source as a bound value. Whatever can be
neither is refused with its name, its place and what to do instead. Nothing is ever pickled.
"""

from cloche.source.capture import Captured, capture
from cloche.source.files import Origin

__all__ = ["Captured", "Origin", "capture"]
