"""`cloche chat`"""

import asyncio
from typing import Annotated, Any

import typer

from cloche.agents.http.callers import Callers
from cloche.agents.http.listening import Listening
from cloche.cli._connect import Address, App, DType, Model, given
from cloche.cli._console import err
from cloche.cli._hosting import Environment
from cloche.cli._http import OwnToken, TlsCertificate, TlsKey, Unprotected, listening
from cloche.cli._values import split_target
from cloche.client.async_client import AsyncInterpClient
from cloche.source.technique import Technique


def chat(
    address: Address = None,
    model: Model = None,
    app: App = None,
    environment: Environment = None,
    dtype: DType = None,
    prepare: Annotated[
        str | None,
        typer.Option(
            metavar="FILE[:FUNCTION]",
            help="A technique (model, tokenizer, messages) that prepares the model before each "
            "answer: hooks, adapters, messages of its own.",
        ),
    ] = None,
    listen: Annotated[
        str, typer.Option(metavar="HOST:PORT", help="Where to serve HTTP.")
    ] = "127.0.0.1:8000",
    timeout: Annotated[float | None, typer.Option(help="Seconds that an answer may take.")] = None,
    plain: Annotated[
        bool,
        typer.Option(
            "--plain", help="Take no chat template: each message is a line, 'role: content'."
        ),
    ] = False,
    own_token: OwnToken = False,
    tls_cert: TlsCertificate = None,
    tls_key: TlsKey = None,
    unprotected: Unprotected = False,
) -> None:
    """Serve the model to programs that speak to OpenAI's chat completions."""
    try:
        import starlette as _s  # noqa: F401
        import uvicorn as _u  # noqa: F401
    except ImportError:
        raise typer.BadParameter("this is an extra: pip install 'cloche[chat]'") from None
    from cloche.agents.chat.prepared import chat_technique

    settings = given(address, model, dtype, app, environment)
    where = listening(
        listen, tls_cert, tls_key, unprotected=unprotected, settings=settings, own_token=own_token
    )
    path, function = (None, "") if prepare is None else split_target(prepare)
    technique = chat_technique(path, function)
    # A running server's model that was named is the only one; one of our own has one.
    only = model or "" if "dtype" not in settings else ""
    asyncio.run(_serve(settings, technique, where, only, timeout, plain, own_token=own_token))


async def _serve(
    settings: dict[str, Any],
    technique: Technique,
    where: Listening,
    only: str,
    timeout_s: float | None,
    plain: bool,
    *,
    own_token: bool,
) -> None:
    from cloche.agents.chat.app import chat_app

    async with Callers(
        settings, own_token=own_token, make=lambda client: client, end=_nothing_more
    ) as callers:
        if where.is_exposed:
            where.require_tokens(wanted=await callers.wants_tokens())
        served = chat_app(callers, technique, only_model=only, timeout_s=timeout_s, plain=plain)
        err.print(f"chat completions at {where.url}/v1", markup=False)
        await where.serve(served)


async def _nothing_more(client: AsyncInterpClient) -> None:
    """Callers close their clients themselves."""
