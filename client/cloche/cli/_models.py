"""What the verbs that decide about a model share: `serve` here, `deploy` on Modal."""

import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from cloche._options import parse_size

PROMPT_VARIABLE = "CLOCHE_HIDDEN_SYSTEM_PROMPT"

Also = Annotated[
    list[str] | None,
    typer.Option(
        metavar="NAME=MODEL[,SETTING=VALUE...]",
        help="One more model, which calls ask for by NAME. It takes the settings revision, dtype, "
        "attn, threads, pool, memory-max. Repeat as needed.",
    ),
]
Revision = Annotated[str | None, typer.Option(help="The model's commit or branch.")]
DType = Annotated[str | None, typer.Option(help="float32, bfloat16, float16 or auto.")]
Attn = Annotated[str | None, typer.Option(help="eager (also gives attention maps) or sdpa.")]
Threads = Annotated[int | None, typer.Option(help="Threads of a forward pass.")]
BaseModel = Annotated[
    str | None, typer.Option(help="The model is a LoRA adapter, made for this one.")
]
BaseRevision = Annotated[str | None, typer.Option(help="The base model's commit or branch.")]
Adapter = Annotated[
    list[str] | None,
    typer.Option(metavar="NAME=ADAPTER", help="One more adapter of that model. Repeat as needed."),
]
MergeAdapter = Annotated[
    bool, typer.Option("--merge-adapter", help="Add the adapter to the weights.")
]
HiddenPromptFile = Annotated[
    Path | None,
    typer.Option(
        help="A file with text that is put before everything that techniques tokenize; "
        f"or the text in {PROMPT_VARIABLE}.",
    ),
]
RedactHiddenPrompt = Annotated[
    bool,
    typer.Option(
        "--redact-hidden-prompt", help="Leave it out of decoded text, its ids out of results."
    ),
]
TrustRemoteCode = Annotated[
    bool,
    typer.Option("--trust-remote-code", help="Run code from the model's files. Read it first."),
]
Dequantize = Annotated[
    bool, typer.Option("--dequantize", help="Load quantised weights (fp8, mxfp4) as plain.")
]


def given(**settings: Any) -> dict[str, Any]:
    """Those that were."""
    return {name: value for name, value in settings.items() if value is not None}


def model_fields(
    model: str,
    *,
    revision: str | None,
    dtype: str | None,
    attn: str | None,
    threads: int | None,
    base_model: str | None,
    base_revision: str | None,
    adapter: list[str] | None,
    merge_adapter: bool,
    hidden_prompt_file: Path | None,
    redact_hidden_prompt: bool,
    trust_remote_code: bool,
    dequantize: bool,
) -> dict[str, Any]:
    """ModelConfig's fields, without what was not said."""
    return given(
        name=model,
        revision=revision,
        dtype=dtype,
        attn_implementation=attn,
        threads=threads,
        base_model=base_model,
        base_revision=base_revision,
        adapters=_pairs("--adapter", adapter or []) or None,
        merge_adapter=merge_adapter or None,
        hidden_system_prompt=_hidden_prompt(hidden_prompt_file),
        redact_hidden_prompt=redact_hidden_prompt or None,
        trust_remote_code=trust_remote_code or None,
        dequantize=dequantize or None,
    )


def also_fields(also: list[str] | None) -> dict[str, dict[str, Any]]:
    """ModelConfig's fields of each further model, by its name."""
    return {name: _settings(name, place) for name, place in _pairs("--also", also or [])}


def size(option: str, text: str | None) -> int | None:
    """Bytes."""
    return None if text is None else parse_size(option, int(text) if text.isdigit() else text)


# By fields of the configuration, what was typed.
_FLAGS: dict[str, str] = {
    "model.attn_implementation": "--attn",
    "model.memory_max_bytes": "--also's memory-max",
    "model.pool_size": "--also's pool",
    "model.hidden_system_prompt": "--hidden-prompt-file",
    "model.served_as": "--served-name",
    "model.adapters": "--adapter",
    "model.name": "MODEL",
    "listen": "--listen",
    "limits.concurrent_calls": "--concurrency",
    "limits.queued_calls": "--queue",
    "pool_size": "--pool",
    "served_as": "--served-name",
}
_FIELD = re.compile(r"(?<![\w.])(?:(?:model|limits)\.)?[a-z]+(?:_[a-z]+)*(?![\w.]|\()")
_LIMIT = re.compile(r"(?:limits\.)?(timeout|memory|result|output)_(default|max)_(?:s|bytes)")


def in_flags(message: str) -> str:
    """A configuration's complaint with the options that were typed in place of its fields."""

    def flag(match: re.Match[str]) -> str:
        name = match[0]
        limit = _LIMIT.fullmatch(name)
        if limit:
            return f"--{limit[1]}-{limit[2]}"
        if name in _FLAGS:
            return _FLAGS[name]
        if name.startswith("model."):
            return "--" + name.removeprefix("model.").replace("_", "-")
        return name

    return _FIELD.sub(flag, message)


def _settings(name: str, place: str) -> dict[str, Any]:
    model, *parts = place.split(",")
    found: dict[str, Any] = {"name": model}
    for part in parts:
        setting, _, value = part.partition("=")
        if setting not in _SETTINGS or not value:
            raise typer.BadParameter(
                f"--also {name}: {part!r}; settings are {', '.join(_SETTINGS)}, as SETTING=VALUE"
            )
        field, read = _SETTINGS[setting]
        try:
            found[field] = read(value)
        except ValueError:
            raise typer.BadParameter(f"--also {name}: {part!r}; give a whole number") from None
    return found


_SETTINGS: dict[str, tuple[str, Callable[[str], Any]]] = {
    "revision": ("revision", str),
    "dtype": ("dtype", str),
    "attn": ("attn_implementation", str),
    "threads": ("threads", int),
    "pool": ("pool_size", int),
    "memory-max": ("memory_max_bytes", lambda value: size("memory-max", value)),
}


def _hidden_prompt(path: Path | None) -> str | None:
    """Never an argument: everybody on the machine sees those of a process."""
    # Taken out, so that no process that is started from here has it.
    text = os.environ.pop(PROMPT_VARIABLE, None)
    if path is None:
        return text
    if text is not None:
        raise typer.BadParameter(f"give --hidden-prompt-file or {PROMPT_VARIABLE}, not both")
    try:
        return path.read_text(encoding="utf-8").rstrip("\n")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise typer.BadParameter(f"cannot read {path}: {reason}") from None


def _pairs(option: str, values: list[str]) -> tuple[tuple[str, str], ...]:
    pairs: list[tuple[str, str]] = []
    for value in values:
        name, equals, place = value.partition("=")
        if not (name and equals and place):
            raise typer.BadParameter(f"{option} {value!r}: give NAME={_KIND[option]}")
        if name in dict(pairs):
            raise typer.BadParameter(f"{option} {name} is given twice")
        pairs.append((name, place))
    return tuple(pairs)


_KIND = {"--adapter": "ADAPTER", "--also": "MODEL"}
