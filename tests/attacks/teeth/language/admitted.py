"""Libraries that an operator may admit: no server of the corpus does.

`tests/server/walls/language/test_admitted.py` tries what each of these refuses.
"""

from __future__ import annotations

from typing import Final

EXEMPT: Final = dict.fromkeys(
    (
        "Instance.__getattr__ filters self._world.hand_out(getattr(self._real, name))",
        "Instance.__getattr__ refuses at last",
        "Instance.__getattr__ refuses if name.startswith('_')",
        "_World._called_back.call filters self.hand_out(each)",
        "_World._called_back.call filters self.hand_out(value)",
        "_World._plain_fields filters self.hand_out(value, depth=1)",
        "_World._take refuses at last",
        "_World.call calls exact_keys(options)",
        "_World.call filters self.hand_out(found, methods)",
        (
            "_World.call refuses if allowed is not None and (not (type(value) in _PLAIN and value"
            " in allowed))"
        ),
        "_World.hand_out refuses at last",
        "_admitted calls admit(libraries)",
        "_admitted refuses except ImportError",
        "_unfitted filters clone(real)",
        "list PACKAGES",
        "list STAND_INS",
        "list _ONLY",
        "list _VALUES",
    ),
    "only where an operator admits the libraries: test_admitted.py tries it",
)
