"""What overlaps: rules that hold the same attacks as others do, named by what they are about."""

from __future__ import annotations

from typing import Final

from tests.attacks.teeth.mutation import Removal
from tests.attacks.teeth.rules import CONSTANT, NAMELESS, UNIMPORTED

#: What the source alone decides about special names.
SOURCE: Final = tuple(
    Removal(rule)
    for rule in (
        "TechniqueTransformer.check_attribute refuses if is_dunder(name) and name not in READABLE",
        (
            "TechniqueTransformer.check_name refuses if name is not None and is_dunder(name) and"
            " (name not in BINDABLE)"
        ),
        "TechniqueTransformer.visit_Name refuses if is_dunder(node.id) and node.id not in LOADABLE",
        (
            "TechniqueTransformer.visit_keyword refuses if node.arg is not None and"
            " is_dunder(node.arg)"
        ),
    )
)
#: The source may not say the name of a builtin that a row refuses.
UNSAID: Final = Removal(
    "TechniqueTransformer.visit_Name refuses if row is not None and"
    " self.survey.is_builtin(node.id, self.scope)"
)
#: A technique has no name for what it may not call.
NAMES: Final = (Removal(NAMELESS), UNSAID)
#: Nor does what it should not have called find anything to import.
REACHING: Final = (*NAMES, Removal(UNIMPORTED))
#: Where a name is taken for a builtin, the builtin itself is called, and not what has the name.
LOOKED_UP: Final = (Removal(CONSTANT),)
DUNDER: Final = (Removal("ReadGuard.decide refuses if dunder and name not in READABLE"),)
INSTANCE: Final = (Removal("ReadGuard.decide refuses at last", "return OPEN"),)
CLASS: Final = (Removal("ReadGuard.read_class refuses at last", "return getattr(cls, name)"),)
FUNCTION: Final = (
    Removal("ReadGuard._read_function refuses at last", "return getattr(function, name)"),
)
SUPER: Final = (
    Removal("ReadGuard._read_super refuses if is_dunder(name) and name not in READABLE"),
    Removal("ReadGuard._read_super refuses if verdict is None", "verdict = OPEN"),
)
#: Everything that decides about reads at run time.
READING: Final = (*INSTANCE, *DUNDER, *FUNCTION, *CLASS, *SUPER)
CALLING: Final = (Removal("CallGuard.slow_call refuses at last", "return callee"),)
#: `map` and its kin are given what looks at each call; see CallGuard._to_be_called.
PASSING_ON: Final = (
    Removal(
        "CallGuard._to_be_called asks whether type(value) in _FUNCTION_TYPES or called or"
        " is_class(value)",
        "False",
    ),
)
#: Attributes that no row lists may be set on real objects.
SETTING: Final = (
    Removal("WriteGuard._write_real refuses at last", "setattr(obj, name, value)"),
    Removal("WriteGuard._write_real refuses if check", "setattr(obj, name, value); return"),
)
OWN: Final = (
    Removal(
        "WriteGuard.check_own refuses if is_dunder(name) or"
        " self.guards.reading.is_reserved(cls, name)"
    ),
)
#: Items of encodings may be set under any key.
ITEMS: Final = (Removal("KeyedItems.__setitem__ calls self._check_set(key, value)"),)
#: Imports at run time find real modules.
IMPORTING: Final = (
    Removal(
        "_make_import.import_module refuses if name not in facades",
        "return __import__(name)",
    ),
)
_IMPORTED = "getattr(__import__('importlib').import_module(module), name)"
FACADES: Final = (Removal("ReadGuard._read_facade refuses at last", f"return {_IMPORTED}"),)
#: What `type(x)` answers is the class itself.
CLASSES_HANDED_OUT: Final = (
    Removal(
        "ReadGuard.hand_out_class asks whether guards.is_own_class(cls)"
        " or id(cls) in guards.catalogue.classes"
    ),
)
