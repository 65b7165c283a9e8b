"""The tools behind the Model Context Protocol, by its own SDK."""

from __future__ import annotations

import base64
import contextlib
import json
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, Final

from mcp.server.mcpserver import Context, MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp.types import CallToolResult, ImageContent, TextContent
from starlette.responses import JSONResponse

from cloche.agents._definitions import NAMES, arguments_of, described
from cloche.agents._page import page
from cloche.agents._tools import Outcome, Report, ToolFailure, Tools
from cloche.agents.http.callers import Callers
from cloche.agents.http.listening import headers
from cloche.contract.errors import (
    AuthenticationError,
    InvalidRequestError,
    ServerBusyError,
    ServerError,
)
from cloche.contract.versions import own_version

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

#: Whose tools a request is for.
ToolsOf = Callable[[Context[Any, Any]], Tools]
# Where a request's scope has them.
_TOOLS: Final = "cloche.tools"


def http_app(callers: Callers[Tools]) -> ASGIApp:
    """Streamable HTTP at /mcp: each caller by their own token, with sessions of their own."""
    made = server(_of_request)
    return _Known(made.streamable_http_app(stateless_http=True), callers)


def server(tools_of: ToolsOf) -> MCPServer[Any]:
    """All tools, and the page on techniques as instructions."""
    made: MCPServer[Any] = MCPServer("cloche", version=own_version(), instructions=page())

    async def check(ctx: Context[Any, Any], technique: str) -> CallToolResult:
        return await _told(tools_of(ctx).check(technique))

    async def run(
        ctx: Context[Any, Any],
        technique: str = "",
        arguments: dict[str, Any] | None = None,
        timeout: float | None = None,
        handle: str = "",
        slice: str = "",  # noqa: A002  # what agents are told
    ) -> CallToolResult:
        report = _reporter(ctx)
        asked = tools_of(ctx).run(technique, arguments, timeout, handle, slice, report)
        return await _told(asked)

    async def session_open(
        ctx: Context[Any, Any],
        memory: str | None = None,
        idle_timeout: float | None = None,
        lifetime: float | None = None,
    ) -> CallToolResult:
        return await _told(tools_of(ctx).session_open(memory, idle_timeout, lifetime))

    async def session_run(
        ctx: Context[Any, Any],
        session: str,
        code: str,
        arguments: dict[str, Any] | None = None,
        timeout: float | None = None,
    ) -> CallToolResult:
        report = _reporter(ctx)
        asked = tools_of(ctx).session_run(session, code, arguments, timeout, report)
        return await _told(asked)

    async def session_fork(ctx: Context[Any, Any], session: str) -> CallToolResult:
        return await _told(tools_of(ctx).session_fork(session))

    async def session_close(ctx: Context[Any, Any], session: str) -> CallToolResult:
        return await _told(tools_of(ctx).session_close(session))

    async def list_techniques(ctx: Context[Any, Any]) -> CallToolResult:
        return await _told(tools_of(ctx).list_techniques())

    functions: tuple[Callable[..., Any], ...] = (
        check, run, session_open, session_run, session_fork, session_close, list_techniques,
    )  # fmt: skip
    for name, function in zip(NAMES, functions, strict=True):
        listed = "".join(f"\n- {each}: {text}" for each, text in arguments_of(name).items())
        made.add_tool(function, name=name, description=described(name) + listed)
    return made


class _Known:
    """Lets in whom the Cloche server lets in, before the protocol reads anything."""

    def __init__(self, app: ASGIApp, callers: Callers[Tools]) -> None:
        self._app = app
        self._callers = callers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        try:
            async with self._callers.enter(headers(scope, b"authorization")) as tools:
                await self._app({**scope, _TOOLS: tools}, receive, send)
        except AuthenticationError as error:
            known = {"WWW-Authenticate": "Bearer"}
            await JSONResponse({"error": str(error)}, 401, known)(scope, receive, send)
        except ServerBusyError as error:
            await JSONResponse({"error": str(error)}, 429)(scope, receive, send)
        except ServerError as error:
            await JSONResponse({"error": str(error)}, 503)(scope, receive, send)
        except InvalidRequestError as error:
            await JSONResponse({"error": str(error)}, 400)(scope, receive, send)


def _of_request(ctx: Context[Any, Any]) -> Tools:
    tools: Tools = ctx.request_context.request.scope[_TOOLS]  # type: ignore[union-attr]
    return tools


def _reporter(ctx: Context[Any, Any]) -> Report:
    count = 0

    async def report(done: float, total: float | None, note: str) -> None:
        nonlocal count
        # A technique's own numbers may go back, and the protocol's may not.
        count += 1
        said = f"{done:g}" if total is None else f"{done:g} of {total:g}"
        await ctx.report_progress(count, None, f"{said} {note}".strip())

    return report


async def _told(asked: Awaitable[Outcome]) -> CallToolResult:
    try:
        outcome = await asked
    except ToolFailure as failure:
        raise ToolError(str(failure)) from None
    text = TextContent(type="text", text=json.dumps(outcome.content, ensure_ascii=False))
    return CallToolResult(
        content=[text, *_pictures(outcome.value)], structured_content=outcome.content
    )


def _pictures(value: Any) -> list[ImageContent]:
    """One, where the result has curves or tables and matplotlib is there."""
    if value is None:
        return []
    with contextlib.suppress(ValueError, ImportError, TypeError):
        from cloche import plot

        data = base64.b64encode(plot(value)._repr_png_()).decode()
        return [ImageContent(type="image", data=data, mime_type="image/png")]
    return []
