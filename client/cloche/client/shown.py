"""Make a server's messages fit to be objects: each text in them can be shown, and has an end.

The one place for it: what is made of a message afterwards may go to a terminal, a log or a page.
Only what a technique prints is left as it is; that is filtered where it is printed.
"""

from __future__ import annotations

from typing import Any, Final, TypeVar

from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message

from cloche.contract.text import visible

_Message = TypeVar("_Message", bound=Message)

# More than any honest text takes: a traceback, a list of diagnostics.
_LONGEST: Final = 1 << 16


def shown(message: _Message) -> _Message:
    """The same message, whose texts hold escapes for what is not printable, and are cut."""
    _clean(message)
    return message


def _clean(message: Any) -> None:
    for field, value in message.ListFields():
        if _is_map(field):
            pairs = {visible(str(key), _LONGEST): value[key] for key in value}
            texts = {k: visible(v, _LONGEST) if isinstance(v, str) else v for k, v in pairs.items()}
            value.clear()
            value.update(texts)
        elif field.type == FieldDescriptor.TYPE_STRING:
            if isinstance(value, str):
                setattr(message, field.name, visible(value, _LONGEST))
            else:
                value[:] = [visible(each, _LONGEST) for each in value]
        elif field.type == FieldDescriptor.TYPE_MESSAGE:
            for inner in [value] if isinstance(value, Message) else value:
                _clean(inner)


def _is_map(field: FieldDescriptor) -> bool:
    kind = field.message_type
    return bool(kind is not None and kind.GetOptions().map_entry)
