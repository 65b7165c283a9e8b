"""The seven tools: plain functions over a client, for whatever protocol an agent speaks.

Each takes and gives what JSON has. Sessions go by explicit handles: there is no current one. What
goes wrong is a ToolFailure, whose text says what to do.
"""

from __future__ import annotations

import ast
import contextlib
import inspect
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from cloche.agents._summary import Kept, cut, summary
from cloche.client import cells
from cloche.client.events import Done, Log, Output, Progress
from cloche.contract.errors import ClocheError, Diagnostic, PolicyError, SourceError
from cloche.source.directory import TechniqueDirectory
from cloche.source.technique import Technique

if TYPE_CHECKING:
    from cloche.client.async_client import AsyncInterpClient, AsyncSession

#: Told how far a technique is: done, total or None, note.
Report = Callable[[float, float | None, str], Awaitable[None]]

_MOST_OUTPUT: Final = 16_000
_MOST_LOGS: Final = 20


class ToolFailure(Exception):
    """The tool did not do it; the text is for the agent."""


@dataclass(frozen=True)
class Outcome:
    """What a tool gives: for the agent to read, and the value itself for a picture of it."""

    content: dict[str, Any]
    value: Any = None


class Tools:
    """Holds a client, the sessions that were opened here, and arrays that were summarised."""

    def __init__(self, client: AsyncInterpClient, techniques: TechniqueDirectory) -> None:
        self._client = client
        self._techniques = techniques
        self._sessions: dict[str, AsyncSession] = {}
        self._kept = Kept()

    async def check(self, technique: str) -> Outcome:
        """Says what the language wall would refuse in a technique, without running it.

        Args:
            technique: Python source with `def name(model, tokenizer, ...)`, or a listed name.
        """
        found = await self._asked(self._client.check(self._named(technique)))
        return Outcome({"ok": not found, "diagnostics": [_about(each) for each in found]})

    async def run(
        self,
        technique: str = "",
        arguments: dict[str, Any] | None = None,
        timeout: float | None = None,
        handle: str = "",
        slice: str = "",  # noqa: A002  # what agents are told
        report: Report | None = None,
    ) -> Outcome:
        """Runs a technique on the model as it was loaded, and returns what it returns.

        Or, with handle and slice and no technique, shows a part of an array of an earlier result.

        Args:
            technique: Python source with `def name(model, tokenizer, ...)`, or a listed name.
            arguments: what follows model and tokenizer, by name.
            timeout: seconds.
            handle: of an array, as a result gave it.
            slice: which part of it, such as "0, :5".
        """
        if handle:
            if technique:
                raise ToolFailure("give a technique, or a handle and a slice, not both")
            try:
                return Outcome({"result": self._kept.slice(handle, slice)})
            except ValueError as error:
                raise ToolFailure(str(error)) from None
        client = self._client.with_options(**_options(timeout))
        return await self._run(client, self._named(technique), arguments, report)

    async def session_open(
        self,
        memory: str | None = None,
        idle_timeout: float | None = None,
        lifetime: float | None = None,
    ) -> Outcome:
        """Opens a session, in which names, hooks and edited weights stay from call to call.

        Args:
            memory: such as "2GB".
            idle_timeout: seconds without a call after which it ends.
            lifetime: seconds after which it ends.
        """
        opened = self._client.session(memory=memory, idle_timeout=idle_timeout, lifetime=lifetime)
        session = await self._asked(opened)
        try:
            await self._asked(session.run(cells.PREAMBLE))
        except ToolFailure:
            await session.close()
            raise
        return self._entered(session)

    async def session_run(
        self,
        session: str,
        code: str,
        arguments: dict[str, Any] | None = None,
        timeout: float | None = None,
        report: Report | None = None,
    ) -> Outcome:
        """Runs code in a session, with `model` and `tokenizer`; a last expression is the result.

        Args:
            session: the handle that session_open or session_fork gave.
            code: Python statements, a technique's source, or a listed name.
            arguments: for a technique: what follows model and tokenizer, by name.
            timeout: seconds. A call that runs out of time ends its session.
        """
        found = self._session(session)
        if code in self._techniques or arguments:
            technique: Technique = self._named(code)
        else:
            technique = _cell(code)
        view = found.with_options(**_options(timeout))
        try:
            return await self._run(view, technique, arguments, report)
        except ToolFailure as failure:
            if isinstance(failure.__cause__, ClocheError) and failure.__cause__.session_ended:
                del self._sessions[session]
            raise

    async def session_fork(self, session: str) -> Outcome:
        """Copies a session as it is now; both go on apart.

        Args:
            session: the handle of the one to copy.
        """
        return self._entered(await self._asked(self._session(session).fork()))

    async def session_close(self, session: str) -> Outcome:
        """Ends a session.

        Args:
            session: its handle.
        """
        found = self._session(session)
        del self._sessions[session]
        await self._asked(found.close())
        return Outcome({"closed": True})

    async def list_techniques(self) -> Outcome:
        """Lists techniques that can be run by name, with what they take and what they are for."""
        return Outcome({"techniques": [_described(*each) for each in self._techniques.items()]})

    async def close(self) -> None:
        """Ends every session."""
        for session in list(self._sessions.values()):
            with contextlib.suppress(ClocheError):
                await session.close()
        self._sessions.clear()

    def _session(self, handle: str) -> AsyncSession:
        if handle not in self._sessions:
            raise ToolFailure(
                "no such session: it was closed, has ended, or never was; open another with "
                "session_open"
            )
        return self._sessions[handle]

    def _entered(self, session: AsyncSession) -> Outcome:
        self._sessions[session.handle] = session
        terms = session.terms
        return Outcome(
            {
                "session": session.handle,
                "memory_bytes": terms.memory_bytes,
                "idle_timeout_s": terms.idle_timeout_s,
                "lifetime_s": terms.lifetime_s,
            }
        )

    def _named(self, technique: str) -> Technique:
        try:
            if technique in self._techniques:
                return self._techniques[technique]
            return Technique.of(technique)
        except SourceError as error:
            text = f"{error}; list_techniques names those that there are"
            raise ToolFailure(text) from None

    async def _asked(self, asked: Awaitable[Any]) -> Any:
        try:
            return await asked
        except ClocheError as error:
            raise ToolFailure(explained(error)) from error

    async def _run(
        self,
        place: AsyncInterpClient | AsyncSession,
        technique: Technique,
        arguments: Mapping[str, Any] | None,
        report: Report | None,
    ) -> Outcome:
        said, progress = "", None
        logs: list[str] = []
        try:
            async with contextlib.aclosing(place.stream(technique, **(arguments or {}))) as events:
                async for event in events:
                    match event:
                        case Output(text=text):
                            said = (said + text)[: _MOST_OUTPUT + 1]
                        case Log(level=level, text=text) if len(logs) < _MOST_LOGS:
                            logs.append(f"{level}: {text}")
                        case Progress(done=done, total=total, note=note):
                            progress = {"done": done, "total": total, "note": note}
                            if report is not None:
                                await report(done, total, note)
                        case Done(result=value, usage=usage):
                            content: dict[str, Any] = {
                                "result": summary(value, self._kept),
                                "seconds": round(usage.wall_clock_s, 3),
                            }
                            more = {"printed": cut(said, _MOST_OUTPUT), "logs": logs}
                            content |= {name: each for name, each in more.items() if each}
                            # Not every host passes reports on: the last is here too.
                            if progress is not None:
                                content["progress"] = progress
                            return Outcome(content, value)
        except ClocheError as error:
            printed = f"\n\nIt printed before:\n{cut(said, 2000)}" if said else ""
            raise ToolFailure(explained(error) + printed) from error
        raise ToolFailure("the call ended without a result; run it again")


def explained(error: ClocheError) -> str:
    """An error as an agent can act on it."""
    text = str(error)
    if isinstance(error, PolicyError) and error.diagnostics:
        lines = [
            f"line {each.line}, column {each.column}: {each.message}; {each.hint}"
            for each in error.diagnostics
        ]
        text = "\n".join(["the language wall refuses the technique:", *lines])
    if error.session_ended:
        text += "\n(the session has ended: open another with session_open)"
    return f"{type(error).__name__}: {text}"


def _cell(code: str) -> Technique:
    try:
        return Technique(cells.technique(code, as_text=False), cells.ENTRY)
    except SyntaxError as error:
        raise ToolFailure(f"line {error.lineno}, column {error.offset}: {error.msg}") from None


def _options(timeout: float | None) -> dict[str, Any]:
    # What an agent's code prints is in the result; its own terminal is the protocol's.
    return {"quiet": True} if timeout is None else {"quiet": True, "timeout": timeout}


def _about(found: Diagnostic) -> dict[str, Any]:
    return {
        "line": found.line,
        "column": found.column,
        "code": found.code,
        "message": found.message,
        "hint": found.hint,
    }


def _described(name: str, technique: Technique) -> dict[str, Any]:
    for node in ast.parse(technique.source).body:
        if isinstance(node, ast.FunctionDef) and node.name == (technique.entry_point or name):
            about = inspect.cleandoc(ast.get_docstring(node) or "").partition("\n\n")[0]
            return {"name": name, "takes": ast.unparse(node.args), "about": " ".join(about.split())}
    return {"name": name, "takes": "", "about": ""}
