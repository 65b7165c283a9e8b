"""`cloche serve MODEL`"""

import logging
import os
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from cloche._extras import require_server
from cloche._options import parse_size

PROMPT_VARIABLE = "CLOCHE_HIDDEN_SYSTEM_PROMPT"


def serve(
    model: Annotated[
        str,
        typer.Argument(help="A directory or a Hugging Face causal language model, or an adapter."),
    ],
    also: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME=DIR[,SETTING=VALUE...]",
            help="One more model, which calls ask for by NAME. It takes the settings of MODEL's "
            "kind: revision, dtype, attn, threads, pool, memory-max.",
        ),
    ] = None,
    listen: Annotated[str, typer.Option(help="host:port, or unix:/path.")] = "127.0.0.1:50051",
    revision: Annotated[str | None, typer.Option(help="The model's commit or branch.")] = None,
    dtype: Annotated[str | None, typer.Option(help="float32, bfloat16, float16 or auto.")] = None,
    attn: Annotated[
        str | None, typer.Option(help="eager (also gives attention maps) or sdpa.")
    ] = None,
    base_model: Annotated[
        str | None, typer.Option(help="MODEL is a LoRA adapter, made for this model.")
    ] = None,
    adapter: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME=DIR", help="One more adapter of that model. Repeat as needed."),
    ] = None,
    merge_adapter: Annotated[
        bool, typer.Option("--merge-adapter", help="Add the adapter to the weights.")
    ] = False,
    hidden_prompt_file: Annotated[
        Path | None,
        typer.Option(
            help="A file with text that is put before everything that techniques tokenize; "
            f"or the text in {PROMPT_VARIABLE}.",
        ),
    ] = None,
    redact_hidden_prompt: Annotated[
        bool, typer.Option("--redact-hidden-prompt", help="Leave it out of decoded text.")
    ] = False,
    threads: Annotated[int | None, typer.Option(help="Threads of a forward pass.")] = None,
    device: Annotated[str | None, typer.Option(help="Where the weights lie: cpu.")] = None,
    offline: Annotated[
        bool, typer.Option("--offline", help="Take files from disk only; ask no hub.")
    ] = False,
    cache_dir: Annotated[
        Path | None, typer.Option(help="The hub's cache, if not where HF_HOME says.")
    ] = None,
    trust_remote_code: Annotated[
        bool,
        typer.Option("--trust-remote-code", help="Run code from the model's files. Read it first."),
    ] = False,
    dequantize: Annotated[
        bool, typer.Option("--dequantize", help="Load quantised weights (fp8, mxfp4) as plain.")
    ] = False,
    concurrency: Annotated[int | None, typer.Option(help="Calls that run at once.")] = None,
    queue: Annotated[int | None, typer.Option(help="Calls that may wait.")] = None,
    pool: Annotated[int | None, typer.Option(help="Sandboxes forked ahead.")] = None,
    timeout_default: Annotated[
        float | None, typer.Option(help="Seconds, if not asked for.")
    ] = None,
    timeout_max: Annotated[float | None, typer.Option(help="Seconds, at most.")] = None,
    memory_default: Annotated[str | None, typer.Option(help='Such as "4GB".')] = None,
    memory_max: Annotated[str | None, typer.Option(help='Such as "16GB".')] = None,
    result_max: Annotated[str | None, typer.Option(help='Of one result: "1GB".')] = None,
    output_max: Annotated[str | None, typer.Option(help='Of what one call prints: "16MB".')] = None,
) -> None:
    """Load a model and serve it until interrupted."""
    require_server("serving needs the server extra")
    from cloche_server.config import ConfigError, Limits, ModelConfig, ServerConfig
    from cloche_server.serve import serve as run_server

    # A server's own log, on stderr: what is being loaded, when it listens, who called what.
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    limits = _given(
        concurrent_calls=concurrency,
        queued_calls=queue,
        timeout_default_s=timeout_default,
        timeout_max_s=timeout_max,
        memory_default_bytes=_bytes("--memory-default", memory_default),
        memory_max_bytes=_bytes("--memory-max", memory_max),
        result_max_bytes=_bytes("--result-max", result_max),
        output_max_bytes=_bytes("--output-max", output_max),
    )
    # Lowering a cap below the built-in default lowers the default with it.
    for name, unit in (
        ("timeout", "s"),
        ("memory", "bytes"),
        ("result", "bytes"),
        ("output", "bytes"),
    ):
        cap, default = f"{name}_max_{unit}", f"{name}_default_{unit}"
        if cap in limits and default not in limits:
            limits[default] = min(limits[cap], getattr(Limits(), default))
    held: dict[str, Any] = _given(
        revision=revision,
        dtype=dtype,
        attn_implementation=attn,
        threads=threads,
        device=device,
        offline=offline or None,
        cache_dir=None if cache_dir is None else str(cache_dir),
        trust_remote_code=trust_remote_code or None,
        dequantize=dequantize or None,
        base_model=base_model,
        adapters=_pairs("--adapter", adapter or []) or None,
        merge_adapter=merge_adapter or None,
        hidden_system_prompt=_hidden_prompt(hidden_prompt_file),
        redact_hidden_prompt=redact_hidden_prompt or None,
    )
    try:
        config = ServerConfig(
            model=ModelConfig(name=model, **held),
            also=tuple(
                ModelConfig(served_as=name, **_settings(name, place))
                for name, place in _pairs("--also", also or [])
            ),
            listen=listen,
            limits=Limits(**limits),
            **_given(pool_size=pool),
        )
    except ConfigError as error:
        raise typer.BadParameter(str(error)) from None
    raise typer.Exit(run_server(config))


def _given(**settings: Any) -> dict[str, Any]:
    return {name: value for name, value in settings.items() if value is not None}


def _settings(name: str, place: str) -> dict[str, Any]:
    """What follows --also NAME=, as ModelConfig's fields."""
    directory, *parts = place.split(",")
    found: dict[str, Any] = {"name": directory}
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
    "memory-max": ("memory_max_bytes", lambda value: _bytes("memory-max", value)),
}


def _hidden_prompt(path: Path | None) -> str | None:
    """Never an argument: everybody on the machine sees those of a process."""
    # Taken out, so that no process that the server starts has it.
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
    pairs = []
    for value in values:
        name, equals, place = value.partition("=")
        if not (name and equals and place):
            raise typer.BadParameter(f"{option} {value!r}: give NAME=DIR")
        pairs.append((name, place))
    return tuple(pairs)


def _bytes(name: str, value: str | None) -> int | None:
    return None if value is None else parse_size(name, int(value) if value.isdigit() else value)
