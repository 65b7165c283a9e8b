"""Decide which server a client is for: an embedded one, one at an address, or an app on Modal."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from pathlib import Path

from cloche.contract.config import ModelConfig, ModelSettings
from cloche.contract.errors import InvalidRequestError
from cloche.contract.settings import settings_of


def given_settings(settings: Mapping[str, object], *, is_peft: object) -> dict[str, object]:
    """Returns the model's settings that were given.

    Raises:
        TypeError: a name that is no setting.
        InvalidRequestError: only one of `is_peft` and `base_model` was given.
    """
    check_names(settings)
    given = {
        name: value
        for name, value in settings.items()
        if value is not None and value is not False and value != {}
    }
    if not isinstance(is_peft, bool):
        raise InvalidRequestError(
            f"is_peft is {is_peft!r}; it must be True or False", field="is_peft"
        )
    if is_peft and "base_model" not in given:
        raise InvalidRequestError(
            "is_peft=True needs base_model=..., the model that the adapter was made for",
            field="base_model",
        )
    if "base_model" in given and not is_peft:
        raise InvalidRequestError(
            "base_model=... is for an adapter; give is_peft=True with it", field="is_peft"
        )
    return given


def check_names(settings: Mapping[str, object]) -> None:
    """Raises TypeError for a keyword that is no setting of a model, with the nearest one."""
    known = ModelSettings.__annotations__
    for name in settings:
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            hint = f"; did you mean {near[0]}?" if near else ""
            raise TypeError(f"InterpClient() got an unexpected keyword argument {name!r}{hint}")


def check_where(
    *,
    model_name: str | Path | None,
    address: str | None,
    app_name: str | None,
    for_model: Mapping[str, object],
    for_app: Mapping[str, object],
    for_address: Mapping[str, object],
) -> None:
    """Raises InvalidRequestError unless one place is named, with only what belongs to it."""
    if app_name is not None and address is not None:
        raise InvalidRequestError("give app_name=... or address=..., not both")
    misplaced = _given(for_address)
    if misplaced and address is None:
        raise InvalidRequestError(
            f"{', '.join(misplaced)}: for a server at an address; give address=",
            field=misplaced[0],
        )
    if app_name is not None:
        about = settings_of(ModelConfig)
        unknown = [name for name in _given(for_model) if name in about and about[name].local]
        if unknown:
            raise InvalidRequestError(
                f"{', '.join(unknown)}: of this machine, and not for an app on Modal; leave it "
                "out, or serve the model yourself with cloche serve",
                field=unknown[0],
            )
        return
    misplaced = _given(for_app)
    if misplaced:
        raise InvalidRequestError(
            f"{', '.join(misplaced)}: for an app on Modal; give app_name=", field=misplaced[0]
        )
    if model_name is None and address is None:
        raise InvalidRequestError(
            "give model_name=... for an embedded server or address=... for a running one "
            "(app_name=... for one on Modal); got neither"
        )
    extra = _given(for_model)
    if address is not None and extra:
        raise InvalidRequestError(
            f"{', '.join(extra)}: the server at address decides this; it is for model_name=",
            field=extra[0],
        )


def _given(settings: Mapping[str, object]) -> list[str]:
    return [name for name, value in settings.items() if value is not None]
