"""The endpoint: a request in, a call in a sandbox, an answer out, whole or as it is written."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import secrets
import time
from collections.abc import AsyncGenerator, Coroutine
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from cloche.agents.chat import answers, errors
from cloche.agents.chat.answers import Answers
from cloche.agents.chat.errors import ApiError, invalid
from cloche.agents.chat.request import ChatRequest
from cloche.agents.http.callers import Callers
from cloche.agents.http.listening import headers
from cloche.client.async_client import AsyncInterpClient
from cloche.client.events import Done, Output
from cloche.contract.errors import (
    ClocheError,
    LimitError,
    PolicyError,
    SourceError,
    TechniqueError,
)
from cloche.contract.text import one_line
from cloche.source.technique import Technique

_log = logging.getLogger("cloche.chat")

_T = TypeVar("_T")
_Piece = dict[str, Any]

_MOST_BODY: Final = 8 << 20
# A longer body is read and dropped up to here, since who still writes may not see the answer.
_MOST_DROPPED: Final = 64 << 20
# Pieces count as printed text; the server cuts this to what it allows.
_MOST_OUTPUT: Final = 64 << 20
_MOST_LOGGED: Final = 4000
# What nginx says of a client that has gone; nobody reads it.
_GONE: Final = 499


def chat_app(
    callers: Callers[AsyncInterpClient],
    technique: Technique,
    *,
    only_model: str = "",
    timeout_s: float | None = None,
    plain: bool = False,
) -> Starlette:
    """Returns the application.

    Args:
        technique: what `chat_technique` made.
        only_model: the one of the server's models that is there; empty: all.
        timeout_s: of one call; None: the server's.
        plain: take no chat template.
    """
    chat = _Chat(callers, technique, only_model, timeout_s, plain, int(time.time()))
    return Starlette(
        routes=[
            Route("/v1/chat/completions", chat.complete, methods=["POST"]),
            Route("/v1/models", chat.models, methods=["GET"]),
            Route("/v1/models/{name:path}", chat.model, methods=["GET"]),
        ],
        exception_handlers={
            ApiError: _as_answer,
            ClocheError: _as_answer,
            HTTPException: _as_answer,
        },
    )


@dataclass(frozen=True)
class _Chat:
    callers: Callers[AsyncInterpClient]
    technique: Technique
    only_model: str
    timeout_s: float | None
    plain: bool
    created: int

    async def complete(self, request: Request) -> Response:
        """POST /v1/chat/completions"""
        async with contextlib.AsyncExitStack() as stack:
            # Who calls comes first: strangers have no body read and no model named.
            entered = self.callers.enter(headers(request.scope, b"authorization"))
            client = await stack.enter_async_context(entered)
            try:
                asked = ChatRequest.of(await _body(request))
                if self.only_model and asked.model != self.only_model:
                    raise _no_model(asked.model)
                made = Answers(asked.model, logprobs=asked.top is not None)
                if not asked.stream:
                    value = await _unless_gone(request, self._whole(client, asked))
                    return JSONResponse(made.whole(_required(value)))
                pieces = self._pieces(client, asked)
                # What is wrong before the first token is still told by a status.
                first = await _unless_gone(request, anext(pieces))
            except _Gone:
                return Response(status_code=_GONE)
            stack.push_async_callback(pieces.aclose)
            return _EventStream(_events(asked, made, first, pieces), stack.pop_all())

    async def models(self, request: Request) -> Response:
        """GET /v1/models"""
        return JSONResponse(answers.models(await self._names(request), self.created))

    async def model(self, request: Request) -> Response:
        """GET /v1/models/NAME"""
        name = request.path_params["name"]
        if name not in await self._names(request):
            raise _no_model(name)
        return JSONResponse(answers.model(name, self.created))

    async def _names(self, request: Request) -> list[str]:
        async with self.callers.enter(headers(request.scope, b"authorization")) as client:
            found = [each.name for each in (await client.info()).models]
        return [name for name in found if self.only_model in ("", name)]

    async def _whole(self, client: AsyncInterpClient, asked: ChatRequest) -> Any:
        view = self._view(client, asked)
        return await view.run(self.technique, *self._arguments(asked, mark=""))

    async def _pieces(
        self, client: AsyncInterpClient, asked: ChatRequest
    ) -> AsyncGenerator[_Piece, None]:
        """What the technique says of its answers as it writes them; last, what it returned."""
        # Its lines among those that the operator's technique may print.
        mark = f"\x1e{secrets.token_hex(8)} "
        called = self._view(client, asked).stream(
            self.technique, *self._arguments(asked, mark=mark)
        )
        async with contextlib.aclosing(called) as events:
            rest = ""
            async for event in events:
                if isinstance(event, Output) and event.stream == "stdout":
                    *lines, rest = (rest + event.text).split("\n")
                    for line in lines:
                        _, found, said = line.partition(mark)
                        if found:
                            yield json.loads(said)
                elif isinstance(event, Done):
                    yield {"returned": _required(event.result)}

    def _view(self, client: AsyncInterpClient, asked: ChatRequest) -> AsyncInterpClient:
        return client.with_options(
            model=asked.model,
            seed=asked.seed,
            timeout=self.timeout_s,
            output_limit=_MOST_OUTPUT if asked.stream else None,
            quiet=True,
        )

    def _arguments(self, asked: ChatRequest, *, mark: str) -> tuple[Any, ...]:
        """As `chat_answers` takes them, after model and tokenizer."""
        return (
            list(asked.messages),
            asked.most_tokens,
            asked.temperature,
            asked.top_p,
            list(asked.stops),
            asked.answers,
            asked.top,
            mark,
            self.plain,
        )


class _EventStream(StreamingResponse):
    """Ends the call with the response, however that ends."""

    def __init__(self, events: AsyncGenerator[str, None], call: contextlib.AsyncExitStack) -> None:
        super().__init__(
            events,
            media_type="text/event-stream",
            headers={"Cache-Control": "no-cache", "X-Accel-Buffering": "no"},
        )
        self._events, self._call = events, call

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            await self._events.aclose()
            await self._call.aclose()


async def _events(
    asked: ChatRequest,
    made: Answers,
    first: _Piece,
    pieces: AsyncGenerator[_Piece, None],
) -> AsyncGenerator[str, None]:
    """Server-sent events."""
    more = {"usage": None} if asked.include_usage else {}
    for index in range(asked.answers):
        yield _event(made.first(index) | more)
    piece = first
    try:
        while "returned" not in piece:
            if "finish" in piece:
                yield _event(made.finish(piece) | more)
            else:
                yield _event(made.text(piece) | more)
            piece = await anext(pieces)
    except ClocheError as error:
        # The status has been sent: what is left is to say it in the stream, and end.
        yield _event(_told(error).body())
        return
    if asked.include_usage:
        yield _event(made.usage(piece["returned"]))
    yield "data: [DONE]\n\n"


def _event(value: dict[str, Any]) -> str:
    return f"data: {json.dumps(value, ensure_ascii=False, separators=(',', ':'))}\n\n"


def _required(value: Any) -> Any:
    """What the technique returned. Raises ApiError where it could not answer that request."""
    if "refused" in value:
        raise invalid(value["field"], value["refused"], value["code"])
    return value


async def _body(request: Request) -> Any:
    """Raises ApiError, and _Gone where the client hangs up before its end."""
    # A page of the web can send any other type without being asked whether it may.
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        raise ApiError(415, "the body must be JSON: send Content-Type: application/json")
    data, size = bytearray(), 0
    try:
        async for chunk in request.stream():
            size += len(chunk)
            if size <= _MOST_BODY:
                data += chunk
            elif size > _MOST_DROPPED:
                break
    except ClientDisconnect:
        raise _Gone from None
    if size > _MOST_BODY:
        raise ApiError(413, f"the body has more than {_MOST_BODY} bytes")
    try:
        return json.loads(data)
    except (ValueError, RecursionError):
        raise invalid(None, "the body is not JSON") from None


class _Gone(Exception):
    """Who asked has hung up."""


async def _unless_gone(request: Request, work: Coroutine[Any, Any, _T]) -> _T:
    """What `work` gives; it is cancelled where the client hangs up. Raises _Gone."""
    working = asyncio.ensure_future(work)
    gone = asyncio.ensure_future(_hung_up(request))
    try:
        await asyncio.wait({working, gone}, return_when=asyncio.FIRST_COMPLETED)
        if not working.done():
            raise _Gone
        return await working
    finally:
        for each in (working, gone):
            each.cancel()
        await asyncio.gather(working, gone, return_exceptions=True)


async def _hung_up(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass


def _no_model(name: str) -> ApiError:
    return ApiError(
        404, f"no model {name[:200]!r} is served here; GET /v1/models lists them",
        param="model", code="model_not_found",
    )  # fmt: skip


async def _as_answer(request: Request, error: Exception) -> Response:
    if isinstance(error, HTTPException):
        told = ApiError(error.status_code, f"{request.method} {request.url.path}: {error.detail}")
    else:
        told = error if isinstance(error, ApiError) else _told(error)
    return JSONResponse(told.body(), status_code=told.status, headers=told.headers)


def _told(error: Exception) -> ApiError:
    if not isinstance(error, ClocheError):
        return ApiError(500, "the request failed", "server_error")
    if isinstance(error, (TechniqueError, PolicyError, SourceError, LimitError)):
        # For the operator, whose technique it is. On one line: a caller's text may be in it.
        _log.error("%s: %s", type(error).__name__, one_line(str(error), _MOST_LOGGED))
    return errors.of_cloche(error)
