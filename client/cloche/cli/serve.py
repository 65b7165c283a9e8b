"""`cloche serve MODEL`"""

from typing import Annotated

import typer

from cloche import seam
from cloche.cli._settings import Also, Given, also_fields, with_settings
from cloche.client.extras import require_server
from cloche.contract.config import Limits, ModelConfig, ServerConfig


@with_settings(ModelConfig, Limits, ServerConfig)
def serve(
    model: Annotated[
        str,
        typer.Argument(help="A directory or a Hugging Face causal language model, or an adapter."),
    ],
    *,
    also: Also = None,
    settings: Given,
) -> None:
    """Load a model and serve it until interrupted."""
    require_server("serving needs the server extra")
    config = ServerConfig(
        model=ModelConfig.of(model, settings[ModelConfig]),
        also=tuple(
            ModelConfig(served_as=name, **fields) for name, fields in also_fields(also).items()
        ),
        limits=Limits.of(settings[Limits]),
        **settings[ServerConfig],
    )
    # A server's own log, on stderr: what is being loaded, when it listens, who called what.
    seam.configure(config.log_level, config.log_format)
    raise typer.Exit(seam.serve(config))
