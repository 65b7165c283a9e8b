"""`cloche serve MODEL`"""

import logging
from pathlib import Path
from typing import Annotated

import typer

from cloche._extras import require_server
from cloche.cli._models import (
    Adapter,
    Also,
    Attn,
    BaseModel,
    BaseRevision,
    Dequantize,
    DType,
    HiddenPromptFile,
    MergeAdapter,
    RedactHiddenPrompt,
    Revision,
    Threads,
    TrustRemoteCode,
    also_fields,
    given,
    in_flags,
    model_fields,
    size,
)


def serve(
    model: Annotated[
        str,
        typer.Argument(help="A directory or a Hugging Face causal language model, or an adapter."),
    ],
    also: Also = None,
    listen: Annotated[str, typer.Option(help="host:port, or unix:/path.")] = "127.0.0.1:50051",
    revision: Revision = None,
    dtype: DType = None,
    attn: Attn = None,
    base_model: BaseModel = None,
    base_revision: BaseRevision = None,
    adapter: Adapter = None,
    merge_adapter: MergeAdapter = False,
    hidden_prompt_file: HiddenPromptFile = None,
    redact_hidden_prompt: RedactHiddenPrompt = False,
    threads: Threads = None,
    device: Annotated[str | None, typer.Option(help="Where the weights lie: cpu.")] = None,
    offline: Annotated[
        bool, typer.Option("--offline", help="Take files from disk only; ask no hub.")
    ] = False,
    cache_dir: Annotated[
        Path | None, typer.Option(help="The hub's cache, if not where HF_HOME says.")
    ] = None,
    trust_remote_code: TrustRemoteCode = False,
    dequantize: Dequantize = False,
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
    limits = given(
        concurrent_calls=concurrency,
        queued_calls=queue,
        timeout_default_s=timeout_default,
        timeout_max_s=timeout_max,
        memory_default_bytes=size("--memory-default", memory_default),
        memory_max_bytes=size("--memory-max", memory_max),
        result_max_bytes=size("--result-max", result_max),
        output_max_bytes=size("--output-max", output_max),
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
    held = model_fields(
        model,
        revision=revision,
        dtype=dtype,
        attn=attn,
        threads=threads,
        base_model=base_model,
        base_revision=base_revision,
        adapter=adapter,
        merge_adapter=merge_adapter,
        hidden_prompt_file=hidden_prompt_file,
        redact_hidden_prompt=redact_hidden_prompt,
        trust_remote_code=trust_remote_code,
        dequantize=dequantize,
    ) | given(
        device=device,
        offline=offline or None,
        cache_dir=None if cache_dir is None else str(cache_dir),
    )
    try:
        config = ServerConfig(
            model=ModelConfig(**held),
            also=tuple(
                ModelConfig(served_as=name, **fields) for name, fields in also_fields(also).items()
            ),
            listen=listen,
            limits=Limits(**limits),
            **given(pool_size=pool),
        )
    except ConfigError as error:
        raise typer.BadParameter(in_flags(str(error))) from None
    raise typer.Exit(run_server(config))
