"""A chat completion as it is asked for: what is supported is checked, the rest refused by name."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from cloche.agents.chat.errors import ApiError, invalid

_T = TypeVar("_T")

_MOST_ANSWERS: Final = 128
_MOST_STOPS: Final = 4
_MOST_TOP: Final = 20
# Instructions by newer names are what a chat template calls the system's.
_ROLES: Final = {
    "system": "system", "developer": "system", "user": "user", "assistant": "assistant",
}  # fmt: skip
# Fields that change no answer.
_WITHOUT_EFFECT: Final = frozenset(
    ("user", "safety_identifier", "prompt_cache_key", "prompt_cache_retention", "metadata",
     "service_tier")
)  # fmt: skip
# Fields that are not supported, and the values that ask for nothing.
_UNSUPPORTED: Final[dict[str, tuple[Any, ...]]] = {
    "tools": ([],), "tool_choice": ("none", "auto"), "parallel_tool_calls": (True, False),
    "functions": ([],), "function_call": ("none", "auto"),
    "frequency_penalty": (0,), "presence_penalty": (0,), "logit_bias": ({},),
    "response_format": ({"type": "text"},), "modalities": (["text"],), "audio": (),
    "prediction": (), "reasoning_effort": ("none",), "verbosity": ("medium",), "store": (False,),
    "web_search_options": (), "moderation": (),
}  # fmt: skip
_OF_A_MESSAGE: Final = frozenset(("role", "content"))


@dataclass(frozen=True, kw_only=True)
class ChatRequest:
    """A request that can be served. `top` is None where no log-probabilities are wanted."""

    model: str
    messages: tuple[dict[str, str], ...]
    most_tokens: int | None
    temperature: float
    top_p: float
    stops: tuple[str, ...]
    seed: int | None
    answers: int
    top: int | None
    stream: bool
    include_usage: bool

    @classmethod
    def of(cls, body: object) -> ChatRequest:
        """Raises ApiError, which names the field."""
        if not isinstance(body, dict):
            raise invalid(None, "the body must be a JSON object")
        fields = _Fields(body)
        most = fields.take("max_completion_tokens", _whole(1, 1 << 31), None)
        older = fields.take("max_tokens", _whole(1, 1 << 31), None)
        if most is not None and older is not None and most != older:
            raise invalid("max_tokens", "max_tokens and max_completion_tokens differ; give one")
        wanted = fields.take("logprobs", _flag, False)
        top = fields.take("top_logprobs", _whole(0, _MOST_TOP), None)
        if top and not wanted:
            raise invalid("top_logprobs", "top_logprobs needs logprobs: true")
        seed = fields.take("seed", _whole(-(1 << 63), (1 << 63) - 1), None)
        stream = fields.take("stream", _flag, False)
        options = fields.take("stream_options", _stream_options, None)
        if options is not None and not stream:
            raise invalid("stream_options", "stream_options needs stream: true")
        made = cls(
            model=fields.need("model", _text),
            messages=fields.need("messages", _messages),
            most_tokens=older if most is None else most,
            temperature=fields.take("temperature", _number(0, 2), 1.0),
            top_p=fields.take("top_p", _number(0, 1), 1.0),
            stops=fields.take("stop", _stops, ()),
            # The server's are not negative.
            seed=None if seed is None else seed % (1 << 64),
            answers=fields.take("n", _whole(1, _MOST_ANSWERS), 1),
            top=(top or 0) if wanted else None,
            stream=stream,
            include_usage=bool(options),
        )
        fields.require_no_more()
        return made


class _Fields:
    """Those of the body; each that is taken is known."""

    def __init__(self, body: dict[str, Any]) -> None:
        self._body = body
        self._known: set[str] = set()

    def take(self, name: str, check: Callable[[str, Any], _T], default: Any) -> _T:
        self._known.add(name)
        value = self._body.get(name)
        return default if value is None else check(name, value)

    def need(self, name: str, check: Callable[[str, Any], _T]) -> _T:
        if self._body.get(name) is None:
            raise invalid(name, f"{name} is missing", "missing_required_parameter")
        return self.take(name, check, None)

    def require_no_more(self) -> None:
        for name, value in self._body.items():
            if name in self._known or name in _WITHOUT_EFFECT or value is None:
                continue
            if name not in _UNSUPPORTED:
                raise invalid(name[:80], f"unknown parameter: {name[:80]!r}", "unknown_parameter")
            if value not in _UNSUPPORTED[name]:
                raise invalid(
                    name, f"{name} is not supported here; leave it out", "unsupported_parameter"
                )


def _refused(name: str, value: object, wanted: str) -> ApiError:
    return invalid(name, f"{name} is {str(value)[:80]!r}; it must be {wanted}", "invalid_value")


def _text(name: str, value: object) -> str:
    if not isinstance(value, str) or not value:
        raise _refused(name, value, "a text")
    return value


def _flag(name: str, value: object) -> bool:
    if not isinstance(value, bool):
        raise _refused(name, value, "true or false")
    return value


def _whole(least: int, most: int) -> Callable[[str, Any], int]:
    def check(name: str, value: Any) -> int:
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            raise _refused(name, value, f"a whole number from {least} to {most}")
        return value

    return check


def _number(least: float, most: float) -> Callable[[str, Any], float]:
    def check(name: str, value: Any) -> float:
        number = isinstance(value, (int, float)) and not isinstance(value, bool)
        if not number or not math.isfinite(value) or not least <= value <= most:
            raise _refused(name, value, f"a number from {least} to {most}")
        return float(value)

    return check


def _stops(name: str, value: Any) -> tuple[str, ...]:
    given = [value] if isinstance(value, str) else value
    if not isinstance(given, list) or len(given) > _MOST_STOPS:
        raise _refused(name, value, f"a text, or a list of at most {_MOST_STOPS}")
    for each in given:
        _text(name, each)
    return tuple(given)


def _stream_options(name: str, value: Any) -> bool:
    """Whether usage is wanted."""
    if not isinstance(value, dict):
        raise _refused(name, value, "an object")
    for each in value:
        if each not in ("include_usage", "include_obfuscation"):
            raise invalid(f"{name}.{each[:80]}", f"unknown parameter: {name}.{each[:80]}")
    if value.get("include_obfuscation"):
        raise invalid(f"{name}.include_obfuscation", "it is not supported here; leave it out")
    usage = value.get("include_usage")
    return False if usage is None else _flag(f"{name}.include_usage", usage)


def _messages(name: str, value: Any) -> tuple[dict[str, str], ...]:
    if not isinstance(value, list) or not value:
        raise _refused(name, value, "a list of messages, at least one")
    return tuple(_message(f"{name}[{index}]", each) for index, each in enumerate(value))


def _message(where: str, value: Any) -> dict[str, str]:
    if not isinstance(value, dict):
        raise _refused(where, value, "an object with role and content")
    role = value.get("role")
    if role not in _ROLES:
        raise _refused(f"{where}.role", role, f"one of {', '.join(_ROLES)}")
    for name, other in value.items():
        # What earlier answers came with, empty.
        if name not in _OF_A_MESSAGE and other not in (None, [], ""):
            raise invalid(
                f"{where}.{name[:80]}", f"{where}.{name[:80]} is not supported here; leave it out",
                "unsupported_parameter",
            )  # fmt: skip
    return {"role": _ROLES[role], "content": _content(f"{where}.content", value.get("content"))}


def _content(where: str, value: Any) -> str:
    """The text of a message, which may come in parts."""
    if isinstance(value, str):
        return value
    if not isinstance(value, list):
        raise _refused(where, value, "a text, or a list of parts of text")
    texts = []
    for index, part in enumerate(value):
        kind = part.get("type") if isinstance(part, dict) else None
        if kind != "text" or not isinstance(part.get("text"), str):
            at = f"{where}[{index}].type"
            raise invalid(
                at, f"{at} is {str(kind)[:80]!r}; only text is supported", "unsupported_parameter"
            )
        texts.append(part["text"])
    return "".join(texts)
