"""The options by which every subcommand finds its server."""

from typing import Annotated, Any

import typer

from cloche.client.interp_client import InterpClient

# A server that was started a moment before opens its port within this.
CONNECT_TIMEOUT_S = 5.0


class _FromVariable(str):
    """An address that nobody typed."""

    __slots__ = ()


def _marked(
    context: typer.Context, parameter: typer.CallbackParam, value: str | None
) -> str | None:
    source = context.get_parameter_source(parameter.name or "")
    from_variable = source is not None and source.name == "ENVIRONMENT"
    return _FromVariable(value) if from_variable and value is not None else value


Address = Annotated[
    str | None,
    typer.Option(
        "--address",
        "-a",
        callback=_marked,
        envvar="CLOCHE_ADDRESS",
        help="A running server: host:port or unix:/path, or https://host with TLS.",
    ),
]
Model = Annotated[
    str | None,
    typer.Option(
        "--model",
        "-m",
        help="Start a server for this model: a directory or a name. With --address or --app: one "
        "of the server's models.",
    ),
]
App = Annotated[
    str | None, typer.Option("--app", help="An app on Modal, which cloche deploy made.")
]
DType = Annotated[
    str | None, typer.Option("--dtype", help="float32, bfloat16, float16 or auto; with --model.")
]


def connect(
    address: str | None,
    model: str | None,
    dtype: str | None = None,
    app: str | None = None,
    environment: str | None = None,
) -> InterpClient:
    """Raises typer.BadParameter unless they name one server."""
    return InterpClient(**given(address, model, dtype, app, environment))


def given(
    address: str | None,
    model: str | None,
    dtype: str | None = None,
    app: str | None = None,
    environment: str | None = None,
) -> dict[str, Any]:
    """A client's arguments. Raises typer.BadParameter unless they name one server."""
    if (model, app) != (None, None) and isinstance(address, _FromVariable):
        address = None  # the variable alone must not stand in the way of --model or --app
    if app is not None:
        if address is not None or dtype is not None:
            raise typer.BadParameter("--app names a server; leave --address and --dtype out")
        return {"app_name": app, "model_name": model, "environment": environment}
    if address is None and model is None:
        raise typer.BadParameter(
            "give --address host:port of a running server, or --model to start one, or --app for "
            "one on Modal"
        )
    if address is not None:
        if dtype is not None:
            raise typer.BadParameter("--dtype is for --model; a running server has decided it")
        return {
            "address": address,
            "model_name": model,
            "connect_timeout": CONNECT_TIMEOUT_S,
        }
    return {"model_name": model, "dtype": dtype}
