"""Times as people type them."""

import re

import typer

_UNITS = {"s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_SHAPE = re.compile(r"(\d+(?:\.\d+)?)([smhd])")


def parse_duration(option: str, text: str) -> float:
    """Seconds of "90s", "15m", "12h" or "30d". Raises typer.BadParameter."""
    match = _SHAPE.fullmatch(text)
    if match is None:
        raise typer.BadParameter(f"{option} is {text!r}; write it as 90s, 15m, 12h or 30d")
    return float(match[1]) * _UNITS[match[2]]
