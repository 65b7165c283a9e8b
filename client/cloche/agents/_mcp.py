"""The tools behind the Model Context Protocol, by its own SDK."""

from __future__ import annotations

import base64
import contextlib
import json
from collections.abc import Awaitable, Callable
from typing import Any

from mcp.server.mcpserver import Context, MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp.types import CallToolResult, ImageContent, TextContent

from cloche.agents._definitions import NAMES, arguments_of, described
from cloche.agents._page import page
from cloche.agents._tools import Outcome, Report, ToolFailure, Tools
from cloche.contract.versions import own_version


def server(tools: Tools) -> MCPServer[Any]:
    """All tools, and the page on techniques as instructions."""
    made: MCPServer[Any] = MCPServer("cloche", version=own_version(), instructions=page())

    async def check(technique: str) -> CallToolResult:
        return await _told(tools.check(technique))

    async def run(
        ctx: Context[Any, Any],
        technique: str = "",
        arguments: dict[str, Any] | None = None,
        timeout: float | None = None,
        handle: str = "",
        slice: str = "",  # noqa: A002  # what agents are told
    ) -> CallToolResult:
        report = _reporter(ctx)
        return await _told(tools.run(technique, arguments, timeout, handle, slice, report))

    async def session_open(
        memory: str | None = None,
        idle_timeout: float | None = None,
        lifetime: float | None = None,
    ) -> CallToolResult:
        return await _told(tools.session_open(memory, idle_timeout, lifetime))

    async def session_run(
        ctx: Context[Any, Any],
        session: str,
        code: str,
        arguments: dict[str, Any] | None = None,
        timeout: float | None = None,
    ) -> CallToolResult:
        report = _reporter(ctx)
        return await _told(tools.session_run(session, code, arguments, timeout, report))

    async def session_fork(session: str) -> CallToolResult:
        return await _told(tools.session_fork(session))

    async def session_close(session: str) -> CallToolResult:
        return await _told(tools.session_close(session))

    async def list_techniques() -> CallToolResult:
        return await _told(tools.list_techniques())

    functions: tuple[Callable[..., Any], ...] = (
        check, run, session_open, session_run, session_fork, session_close, list_techniques,
    )  # fmt: skip
    for name, function in zip(NAMES, functions, strict=True):
        listed = "".join(f"\n- {each}: {text}" for each, text in arguments_of(name).items())
        made.add_tool(function, name=name, description=described(name) + listed)
    return made


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
