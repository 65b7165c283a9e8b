"""Which server a client is for: an embedded one, one at an address, or an app on Modal."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from cloche.errors import InvalidRequestError


def check_where(
    *,
    model_name: str | Path | None,
    address: str | None,
    app_name: str | None,
    for_model: Mapping[str, object],
    for_embedded: Mapping[str, object],
    for_app: Mapping[str, object],
) -> None:
    """Raises InvalidRequestError unless one place is named, with only what belongs to it."""
    if app_name is not None and address is not None:
        raise InvalidRequestError("give app_name=... or address=..., not both")
    if app_name is not None:
        unknown = _given(for_embedded)
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
    extra = _given({**for_model, **for_embedded})
    if address is not None and extra:
        raise InvalidRequestError(
            f"{', '.join(extra)}: the server at address decides this; it is for model_name=",
            field=extra[0],
        )


def _given(settings: Mapping[str, object]) -> list[str]:
    return [name for name, value in settings.items() if value is not None]
