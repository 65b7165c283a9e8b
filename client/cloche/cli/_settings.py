"""Options made from settings: what `serve` and `deploy` take is what the configuration has."""

import functools
import inspect
import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, TypeAlias, get_args, get_origin

import typer

from cloche.client.options import parse_size
from cloche.contract.config import ConfigError, ModelConfig
from cloche.contract.settings import Setting, kind_of, settings_of

PROMPT_VARIABLE = "CLOCHE_HIDDEN_SYSTEM_PROMPT"

#: What was given, by the configuration that it is for.
Given: TypeAlias = Mapping[type, dict[str, Any]]

Also = Annotated[
    list[str] | None,
    typer.Option(
        metavar="NAME=MODEL[,SETTING=VALUE...]",
        help="One more model, which calls ask for by NAME. It takes the settings "
        + ", ".join(each.per_model for each in settings_of(ModelConfig).values() if each.per_model)
        + ". Repeat as needed.",
    ),
]


def with_settings(
    *configs: type, local: bool = True, named: Mapping[str, str] | None = None
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Gives a subcommand an option for each setting that has a flag.

    The subcommand's own parameter `settings`, a `Given`, gets what was said. A ConfigError that it
    lets out is shown with the flags' names.

    Args:
        local: with settings that mean nothing on another machine.
        named: what the subcommand's own options are called, by the settings that they give.
    """
    options = {
        about.flag.replace("-", "_"): (config, name, about)
        for config in configs
        for name, about in settings_of(config).items()
        if about.flag is not None and (local or not about.local)
    }
    flags = {name: f"--{about.flag}" for _, name, about in options.values()}
    flags.update(named or {})

    def decorate(command: Callable[..., None]) -> Callable[..., None]:
        own = inspect.signature(command, eval_str=True)

        @functools.wraps(command)
        def run(**values: Any) -> None:
            given: dict[type, dict[str, Any]] = {config: {} for config in configs}
            for option, (config, name, about) in options.items():
                value = _read(f"--{about.flag}", about, values.pop(option))
                if value is not None:
                    given[config][name] = value
            try:
                command(**values, settings=given)
            except ConfigError as error:
                raise typer.BadParameter(error.told(lambda name: flags.get(name, name))) from None

        kept = [each for each in own.parameters.values() if each.name != "settings"]
        made = [_parameter(option, *what) for option, what in options.items()]
        run.__signature__ = own.replace(parameters=[*kept, *made])  # type: ignore[attr-defined]
        run.__annotations__ = {each.name: each.annotation for each in (*kept, *made)}
        return run

    return decorate


def also_fields(also: list[str] | None) -> dict[str, dict[str, Any]]:
    """ModelConfig's fields of each further model, by its name."""
    return {name: _fields(name, place) for name, place in _pairs("--also", "MODEL", also or [])}


def size(option: str, text: str | None) -> int | None:
    """Bytes."""
    return None if text is None else parse_size(option, int(text) if text.isdigit() else text)


def _parameter(option: str, config: type, name: str, about: Setting) -> inspect.Parameter:
    kind = kind_of(config, name)
    text = about.help
    value: Any = str | None
    default = False if kind is bool else None
    if about.secret:
        value = Path | None
        text += f"; or the text in {PROMPT_VARIABLE}."
    elif kind is bool:
        value = bool
    elif about.metavar is not None:
        value = list[str] | None
    elif kind in (int, float) and not about.size:
        value = kind | None
    choices = [str(each) for each in get_args(kind)] if get_origin(kind) is not tuple else []
    if choices and kind is not bool:
        text += (
            f": {', '.join(choices[:-1])} or {choices[-1]}." if choices[1:] else f": {choices[0]}."
        )
    declared = typer.Option(f"--{about.flag}", metavar=about.metavar, help=text)
    return inspect.Parameter(
        option,
        inspect.Parameter.KEYWORD_ONLY,
        default=default,
        annotation=Annotated[value, declared],
    )


def _read(flag: str, about: Setting, value: Any) -> Any:
    """Returns an option's value as the setting holds it; None where it was not given."""
    if about.secret:
        return _secret(flag, value)
    if value is None or value is False:
        return None
    if about.size:
        return size(flag, value)
    if isinstance(value, list):
        _, pairs, what = str(about.metavar).partition("=")
        return tuple(_pairs(flag, what, value) if pairs else value) or None
    return value


def _fields(name: str, place: str) -> dict[str, Any]:
    known = {each.per_model: (field, each) for field, each in settings_of(ModelConfig).items()}
    known.pop(None, None)
    model, *parts = place.split(",")
    found: dict[str, Any] = {"name": model}
    for part in parts:
        setting, _, value = part.partition("=")
        if setting not in known or not value:
            raise typer.BadParameter(
                f"--also {name}: {part!r}; settings are {', '.join(map(str, known))}, as "
                "SETTING=VALUE"
            )
        field, about = known[setting]
        if about.size:
            found[field] = size(setting, value)
        elif kind_of(ModelConfig, field) is not int:
            found[field] = value
        elif value.isdigit():
            found[field] = int(value)
        else:
            raise typer.BadParameter(f"--also {name}: {part!r}; give a whole number")
    return found


def _secret(flag: str, path: Path | None) -> str | None:
    """Never an argument: everybody on the machine sees those of a process."""
    # Taken out, so that no process that is started from here has it.
    text = os.environ.pop(PROMPT_VARIABLE, None)
    if path is None:
        return text
    if text is not None:
        raise typer.BadParameter(f"give {flag} or {PROMPT_VARIABLE}, not both")
    try:
        return path.read_text(encoding="utf-8").rstrip("\n")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise typer.BadParameter(f"cannot read {path}: {reason}") from None


def _pairs(option: str, what: str, values: list[str]) -> Iterator[tuple[str, str]]:
    seen = set()
    for value in values:
        name, equals, place = value.partition("=")
        if not (name and equals and place):
            raise typer.BadParameter(f"{option} {value!r}: give NAME={what}")
        if name in seen:
            raise typer.BadParameter(f"{option} {name} is given twice")
        seen.add(name)
        yield name, place
