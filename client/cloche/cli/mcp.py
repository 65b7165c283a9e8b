"""`cloche mcp`"""

import asyncio
from pathlib import Path
from typing import Annotated, Any

import typer

from cloche.agents._tools import Tools
from cloche.agents.http.callers import Callers
from cloche.agents.http.listening import Listening
from cloche.cli._connect import Address, App, DType, Model, given
from cloche.cli._demo_steps import technique_file
from cloche.cli._hosting import Environment
from cloche.cli._http import OwnToken, TlsCertificate, TlsKey, Unprotected, listening
from cloche.client.async_client import AsyncInterpClient
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
            help="Serve streamable HTTP at http://HOST:PORT/mcp; without it, stdin and stdout. "
            "Beyond this machine, with TLS and callers' tokens.",
        ),
    ] = None,
    techniques: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Techniques to run by name.")
    ] = None,
    own_token: OwnToken = False,
    tls_cert: TlsCertificate = None,
    tls_key: TlsKey = None,
    unprotected: Unprotected = False,
) -> None:
    """Serve the model to agents as tools of the Model Context Protocol."""
    try:
        import mcp as _  # noqa: F401
    except ImportError:
        raise typer.BadParameter("the protocol is an extra: pip install 'cloche[mcp]'") from None
    settings = given(address, model, dtype, app, environment)
    listed = load_techniques_from_dir(techniques or technique_file("next_token").parent)
    if http is None:
        asyncio.run(_serve(settings, listed))
        return
    where = listening(
        http, tls_cert, tls_key, unprotected=unprotected, settings=settings, own_token=own_token
    )
    asyncio.run(_serve_http(settings, listed, where, own_token=own_token))


async def _serve(settings: dict[str, Any], techniques: TechniqueDirectory) -> None:
    from cloche.agents._mcp import server

    async with AsyncInterpClient(**settings, progress=False) as client:
        tools = Tools(client, techniques)
        try:
            await server(lambda ctx: tools).run_stdio_async()
        finally:
            await tools.close()


async def _serve_http(
    settings: dict[str, Any], techniques: TechniqueDirectory, where: Listening, *, own_token: bool
) -> None:
    from cloche.agents._mcp import http_app

    async with Callers(
        settings,
        own_token=own_token,
        make=lambda client: Tools(client, techniques),
        end=Tools.close,
    ) as callers:
        if where.is_exposed:
            where.require_tokens(wanted=await callers.wants_tokens())
        await where.serve(http_app(callers))
