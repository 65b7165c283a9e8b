"""Rules that no attack of the corpus tells from their absence yet, and that no reason exempts.

Each is a gap in the corpus, not a rule that is known to be needless. Whoever writes an attack that
escapes without one of them moves it to a mutation.
"""

from __future__ import annotations

from typing import Final

NOT_YET: Final = (
    "CallGuard._is_listed answers not member.adapter and (not member.arrays)",
    "CallGuard._judging.judging calls judge(each)",
    "CallGuard._to_be_called asks whether type(value) in _FUNCTION_TYPES or is_class(value)",
    "ClassGuard._of_own_class calls self.guards.fast.shadow(field)",
    "ClassGuard.build_class calls self.guards.fast.shadow(key)",
    "FastWays.forget calls table.clear()",
    "FastWays.shadow calls self.methods[name].clear()",
    "MethodTable.__missing__ asks whether not self._guards.reading.changing",
    "MethodTable._find asks whether cls not in PLAIN_TYPES",
    "MethodTable._find asks whether guards.is_own_class(cls)",
    "MethodTable._find_own asks whether '__getattribute__' in members and each is not object",
    "MethodTable._find_own asks whether name in guards.fast.shadows",
    "MethodTable._find_own asks whether not guards.is_own_function(raw)",
    "ReadGuard._fast_read.read asks whether verdict is OPEN or verdict is LISTED",
    "ReadGuard._listed_on_class asks whether member.adapter",
    "ReadGuard._listed_on_class asks whether member.arrays",
    "ReadGuard._read_super asks whether not self.changing",
    "ReadGuard.change calls self._own_above.clear()",
    "ReadGuard.is_held asks whether guards.catalogue.use(cls).held",
    "ReadGuard.slow_read asks whether plain and name in self.guards.fast.open",
    "WriteGuard.slow_write asks whether not guards.reading.changing",
    "WriteGuard.slow_write calls guards.fast.shadow(name)",
    "WriteGuard.slow_write calls guards.reading.change(setattr, obj, name, value)",
    "WriteGuard.write_past_own calls self.guards.fast.shadow(name)",
    "make_dataclass.decorate calls guards.classes.adopt_generated(cls, written)",
    "make_dataclass.decorate calls guards.writing.check_own(cls, cls, name)",
    "make_push.push filters hand_out(kind)",
)
