"""What a request is answered with: OpenAI's shapes, whole and in pieces."""

from __future__ import annotations

import math
import secrets
import time
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

#: The lowest that JSON is given: it has no infinities.
_LEAST: Final = -9999.0
_PIECE: Final = "chat.completion.chunk"


class Answers:
    """Of one request: an id and a time for all that is sent."""

    def __init__(self, model: str, *, logprobs: bool) -> None:
        self._model = model
        self._logprobs = logprobs
        self._id = f"chatcmpl-{secrets.token_hex(12)}"
        self._created = int(time.time())

    def whole(self, value: Mapping[str, Any]) -> dict[str, Any]:
        """The response without streaming, from what the technique returned."""
        choices = [
            {
                "index": index,
                "message": {"role": "assistant", "content": each["text"], "refusal": None},
                "logprobs": self._log_probs(each["tokens"]),
                "finish_reason": each["finish"],
            }
            for index, each in enumerate(value["answers"])
        ]
        return {**self._head("chat.completion"), "choices": choices, "usage": usage(value)}

    def first(self, index: int) -> dict[str, Any]:
        """Whose answer follows."""
        return self._piece(index, {"role": "assistant", "content": ""}, None)

    def text(self, piece: Mapping[str, Any]) -> dict[str, Any]:
        """Some of an answer's text."""
        return self._piece(
            piece["index"], {"content": piece["text"]}, None, piece.get("tokens", ())
        )

    def finish(self, piece: Mapping[str, Any]) -> dict[str, Any]:
        """Why an answer has ended."""
        return self._piece(piece["index"], {}, piece["finish"])

    def usage(self, value: Mapping[str, Any]) -> dict[str, Any]:
        """The last piece, where it is wanted."""
        return {**self._head(_PIECE), "choices": [], "usage": usage(value)}

    def _piece(
        self, index: int, delta: dict[str, Any], finish: str | None, tokens: Iterable[Any] = ()
    ) -> dict[str, Any]:
        found = list(tokens)
        choice = {
            "index": index,
            "delta": delta,
            "logprobs": self._log_probs(found) if found else None,
            "finish_reason": finish,
        }
        return {**self._head(_PIECE), "choices": [choice]}

    def _head(self, kind: str) -> dict[str, Any]:
        return {"id": self._id, "object": kind, "created": self._created, "model": self._model}

    def _log_probs(self, tokens: Iterable[Any]) -> dict[str, Any] | None:
        if not self._logprobs:
            return None
        content = [
            _token(text, value) | {"top_logprobs": [_token(*each) for each in others]}
            for text, value, others in tokens
        ]
        return {"content": content, "refusal": None}


def usage(value: Mapping[str, Any]) -> dict[str, int]:
    """Counts of tokens."""
    asked, written = value["prompt_tokens"], value["completion_tokens"]
    return {
        "prompt_tokens": asked,
        "completion_tokens": written,
        "total_tokens": asked + written,
    }


def models(names: Sequence[str], created: int) -> dict[str, Any]:
    """The list of models."""
    return {"object": "list", "data": [model(name, created) for name in names]}


def model(name: str, created: int) -> dict[str, Any]:
    """One model."""
    return {"id": name, "object": "model", "created": created, "owned_by": "cloche"}


def _token(text: str, value: float) -> dict[str, Any]:
    # Of half a character the bytes are not known.
    known = None if "\ufffd" in text else list(text.encode())
    number = value if math.isfinite(value) else _LEAST
    return {"token": text, "logprob": number, "bytes": known}
