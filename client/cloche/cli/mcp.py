"""`cloche mcp`"""

import asyncio
from pathlib import Path
from typing import Annotated, Any

import typer

from cloche.cli._connect import Address, App, DType, Model, given
from cloche.cli._demo_steps import technique_file
from cloche.cli._hosting import Environment
from cloche.client.async_client import AsyncInterpClient
from cloche.contract.address import is_address, is_local
from cloche.source.directory import TechniqueDirectory, load_techniques_from_dir


def mcp(
    address: Address = None,
    model: Model = None,
    app: App = None,
    environment: Environment = None,
    dtype: DType = None,
    http: Annotated[
        str | None,
        typer.Option(
            metavar="HOST:PORT",
            help="Serve streamable HTTP at http://HOST:PORT/mcp, on this machine only; without it, "
            "stdin and stdout.",
        ),
    ] = None,
    techniques: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Techniques to run by name.")
    ] = None,
) -> None:
    """Serve the model to agents as tools of the Model Context Protocol."""
    try:
        import mcp as _  # noqa: F401
    except ImportError:
        raise typer.BadParameter("the protocol is an extra: pip install 'cloche[mcp]'") from None
    where = None if http is None else _local(http)
    listed = load_techniques_from_dir(techniques or technique_file("next_token").parent)
    asyncio.run(_serve(given(address, model, dtype, app, environment), listed, where))


async def _serve(
    settings: dict[str, Any], techniques: TechniqueDirectory, http: tuple[str, int] | None
) -> None:
    from cloche.agents._mcp import server
    from cloche.agents._tools import Tools

    async with AsyncInterpClient(**settings, progress=False) as client:
        tools = Tools(client, techniques)
        try:
            if http is None:
                await server(tools).run_stdio_async()
            else:
                host, port = http
                await server(tools).run_streamable_http_async(
                    host=host, port=port, stateless_http=True
                )
        finally:
            await tools.close()


def _local(address: str) -> tuple[str, int]:
    """Nobody is asked who they are, so nobody from elsewhere may come."""
    if address.startswith("unix:") or not is_address(address):
        raise typer.BadParameter(f"--http is {address!r}; write it as 127.0.0.1:8765")
    if not is_local(address):
        raise typer.BadParameter(
            f"--http is {address!r}: callers are not asked for a token, so only this machine may "
            "call; take 127.0.0.1, and a tunnel for others"
        )
    host, _, port = address.rpartition(":")
    return host.strip("[]"), int(port)
