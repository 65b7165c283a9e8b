"""Which model a server of ours is to hold, and how: checked here for what no server could read.

What a value means is the server's to check: it says so when it starts, or is deployed.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, get_args

from cloche.errors import InvalidRequestError

DType = Literal["float32", "bfloat16", "float16", "auto"]
Attention = Literal["eager", "sdpa"]


def embedded_config(
    model_name: object, settings: Mapping[str, object], limits: object
) -> dict[str, Any]:
    """What `cloche_server.config.ServerConfig` reads; a setting that is None takes its default.

    Raises:
        InvalidRequestError: the message has name, value and range.
    """
    model, also = chosen(model_name, settings, limits)
    given = dict(limits) if isinstance(limits, Mapping) else {}
    config: dict[str, Any] = {"model": model, "limits": given}
    if also:
        config["also"] = [{"name": place, "served_as": name} for name, place in also]
    return config


def chosen(
    model_name: object, settings: Mapping[str, object], limits: object
) -> tuple[dict[str, Any], list[tuple[str, str]]]:
    """The model's fields as JSON holds them, and names and places of the models beside it.

    Raises:
        InvalidRequestError: the message has name, value and range.
    """
    _check({"model_name": model_name, **settings, "limits": limits})
    model: dict[str, Any] = {
        name: _plain(value) for name, value in settings.items() if value is not None
    }
    also = [(name, place) for name, place in model.pop("also", [])]
    return {"name": str(model_name), **model}, also


def _check(given: Mapping[str, object]) -> None:
    for name, value in given.items():
        holds, range_ = _RULES[name]
        if value is not None and not holds(value):
            shown = "not shown" if name == "hidden_system_prompt" else repr(value)
            raise InvalidRequestError(f"{name} is {shown}; it must be {range_}", field=name)


def check_peft(is_peft: object, base_model: object) -> None:
    """Raises InvalidRequestError unless both or neither say that the model is an adapter."""
    if not isinstance(is_peft, bool):
        raise InvalidRequestError(
            f"is_peft is {is_peft!r}; it must be True or False", field="is_peft"
        )
    if is_peft and base_model is None:
        raise InvalidRequestError(
            "is_peft=True needs base_model=..., the model that the adapter was made for",
            field="base_model",
        )
    if base_model is not None and not is_peft:
        raise InvalidRequestError(
            "base_model=... is for an adapter; give is_peft=True with it", field="is_peft"
        )


def _plain(value: object) -> object:
    """As JSON holds it."""
    if isinstance(value, Mapping):
        return [[name, str(place)] for name, place in value.items()]
    return str(value) if isinstance(value, Path) else value


def _is_name(value: object) -> bool:
    return isinstance(value, (str, Path)) and bool(str(value))


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _is_flag(value: object) -> bool:
    return isinstance(value, bool)


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value > 0


def _is_places(value: object) -> bool:
    return isinstance(value, Mapping) and all(
        isinstance(name, str) and _is_name(place) for name, place in value.items()
    )


def _is_limits(value: object) -> bool:
    return isinstance(value, Mapping) and all(
        isinstance(name, str) and isinstance(number, (int, float)) for name, number in value.items()
    )


_RULES: dict[str, tuple[Any, str]] = {
    "model_name": (_is_name, "a directory or a model's name"),
    "revision": (_is_text, "a commit or branch"),
    "dtype": (lambda value: value in get_args(DType), f"one of {', '.join(get_args(DType))}"),
    "attn_implementation": (
        lambda value: value in get_args(Attention),
        f"one of {', '.join(get_args(Attention))}",
    ),
    "threads": (_is_count, "a whole number above 0"),
    "device": (_is_text, "a device's name, such as 'cpu'"),
    "trust_remote_code": (_is_flag, "True or False"),
    "dequantize": (_is_flag, "True or False"),
    "offline": (_is_flag, "True or False"),
    "cache_dir": (_is_name, "a directory"),
    "base_model": (_is_name, "the directory or name of the model that the adapter was made for"),
    "base_revision": (_is_text, "a commit or branch"),
    "adapters": (_is_places, "a mapping of names to directories"),
    "merge_adapter": (_is_flag, "True or False"),
    "hidden_system_prompt": (_is_text, "text"),
    "redact_hidden_prompt": (_is_flag, "True or False"),
    "also": (_is_places, "a mapping of names to directories or models' names"),
    "limits": (_is_limits, "a mapping of names to numbers"),
}
