"""The tools through the SDK's own client, over both transports, and without the protocol."""

from __future__ import annotations

import contextlib
import json
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from cloche import AsyncInterpClient, load_techniques_from_dir
from cloche.agents import Tools, call, openai_tools
from cloche.agents._definitions import NAMES
from cloche.cli._connect import CONNECT_TIMEOUT_S
from mcp import Client, StdioServerParameters

from tests.support.server import RunningServer, free_port
from tests.support.waiting import PATIENCE_S

MAIN = "from cloche.cli import main; main()"
TECHNIQUES = Path(__file__).parents[3] / "techniques"
STATES = """
import torch

def states(model, tokenizer, text):
    with torch.no_grad():
        out = model(**tokenizer(text, return_tensors="pt"), output_hidden_states=True)
    progress(1, 2, "half")
    print("said")
    return {"curve": [0.1, 0.9], "states": torch.stack(out.hidden_states)}
"""


def command(server: RunningServer, *more: str) -> list[str]:
    return [sys.executable, "-c", MAIN, "mcp", "--address", server.address, *more]


@contextlib.asynccontextmanager
async def over_stdio(server: RunningServer) -> AsyncIterator[Client]:
    program, *arguments = command(server)
    async with Client(StdioServerParameters(command=program, args=arguments)) as client:
        yield client


@contextlib.asynccontextmanager
async def over_http(server: RunningServer) -> AsyncIterator[Client]:
    port = free_port()
    process = subprocess.Popen(
        command(server, "--http", f"127.0.0.1:{port}"), stderr=subprocess.PIPE
    )
    try:
        deadline = time.monotonic() + PATIENCE_S
        while True:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
                break
            assert process.poll() is None, process.stderr and process.stderr.read()
            assert time.monotonic() < deadline
            time.sleep(0.1)
        async with Client(f"http://127.0.0.1:{port}/mcp") as client:
            yield client
    finally:
        process.terminate()
        process.communicate(timeout=PATIENCE_S)


async def told(client: Client, name: str, **arguments: Any) -> Any:
    answer = await client.call_tool(name, arguments)
    assert not answer.is_error, answer.content
    assert json.loads(answer.content[0].text) == answer.structured_content
    return answer.structured_content


async def refused(client: Client, name: str, **arguments: Any) -> str:
    answer = await client.call_tool(name, arguments)
    assert answer.is_error
    return str(answer.content[0].text)


@pytest.mark.parametrize("way", [over_stdio, over_http], ids=lambda way: way.__name__)
async def test_all_tools(server: RunningServer, way: Any) -> None:
    async with way(server) as client:
        listed = await client.list_tools()
        assert tuple(each.name for each in listed.tools) == NAMES

        found = await told(client, "check", technique="def f(model, tokenizer):\n    open('x')\n")
        assert not found["ok"]
        assert found["diagnostics"][0]["line"] == 2
        assert found["diagnostics"][0]["hint"]
        names = [each["name"] for each in (await told(client, "list_techniques"))["techniques"]]
        assert "logit_lens" in names

        seen: list[str | None] = []

        async def on_progress(done: float, total: float | None, note: str | None) -> None:
            seen.append(note)

        answer = await client.call_tool(
            "run", {"technique": STATES, "arguments": {"text": "Paris"}},
            progress_callback=on_progress,
        )  # fmt: skip
        content = answer.structured_content
        assert content["printed"] == "said\n"
        assert content["progress"] == {"done": 1.0, "total": 2.0, "note": "half"}
        assert [each.type for each in answer.content] == ["text", "image"]
        handle = content["result"]["states"]["handle"]
        part = await told(client, "run", handle=handle, slice="0, 0, 0, :2")
        assert len(part["result"]) == 2

        opened = await told(client, "session_open")
        session = opened["session"]
        assert (await told(client, "session_run", session=session, code="x = 2\nx + 1"))[
            "result"
        ] == 3
        branch = (await told(client, "session_fork", session=session))["session"]
        await told(client, "session_run", session=branch, code="x = 5")
        assert (await told(client, "session_run", session=session, code="x"))["result"] == 2
        for each in (session, branch):
            assert await told(client, "session_close", session=each) == {"closed": True}


async def test_errors_are_for_the_agent(server: RunningServer) -> None:
    async with over_stdio(server) as client:
        text = await refused(
            client, "run", technique="def f(model, tokenizer):\n    return model.__class__.__mro__"
        )
        assert "line 2, column" in text
        text = await refused(client, "run", technique="def f(model, tokenizer):\n    1 / 0")
        assert "ZeroDivisionError" in text
        assert "line 2" in text
        assert "list_techniques" in await refused(client, "run", technique="logit_lense")
        assert "not both" in await refused(client, "run", technique="logit_lens", handle="x")
        session = (await told(client, "session_open"))["session"]
        text = await refused(
            client, "session_run", session=session, code="import time\ntime.sleep(60)", timeout=1
        )
        assert "session has ended" in text
        text = await refused(client, "session_run", session=session, code="1")
        assert "no such session" in text


async def test_a_hostile_agent_gets_errors_and_nothing_else(server: RunningServer) -> None:
    async with over_stdio(server) as client:
        texts = {
            await refused(client, "session_run", session=handle, code="1")
            for handle in ("", "x", "../..", "A" * 100_000)
        }
        assert len(texts) == 1
        opened = []
        for _ in range(40):
            answer = await client.call_tool("session_open", {})
            if answer.is_error:
                assert "close one first" in answer.content[0].text
                break
            opened.append(answer.structured_content["session"])
        assert 0 < len(opened) <= 8
        for _ in range(3):
            assert "close one" in await refused(client, "session_fork", session=opened[0])
        code = "import torch\nkept = [torch.ones(50_000_000) for _ in range(50)]"
        text = await refused(client, "session_run", session=opened[0], code=code)
        assert "memory" in text
        assert "refuse" in await refused(
            client, "session_run", session=opened[1], code="import os\nos.fork()"
        )
        for handle in opened[1:]:
            await told(client, "session_close", session=handle)
        found = await told(client, "run", technique="next_token", arguments={"text": "Paris"})
        assert found["result"]


async def test_every_listed_technique_is_admitted(server: RunningServer) -> None:
    async with over_stdio(server) as client:
        listed = (await told(client, "list_techniques"))["techniques"]
        assert len(listed) >= 25
        for each in listed:
            assert each["about"], each
            assert (await told(client, "check", technique=each["name"]))["ok"], each


async def test_as_a_chat_completion_has_them(server: RunningServer) -> None:
    listed = {each["function"]["name"]: each["function"] for each in openai_tools()}
    assert tuple(listed) == NAMES
    assert listed["session_run"]["parameters"]["required"] == ["session", "code"]
    for each in listed.values():
        assert each["description"]
        assert all(about["description"] for about in each["parameters"]["properties"].values())
    async with AsyncInterpClient(
        address=server.address, connect_timeout=CONNECT_TIMEOUT_S, progress=False
    ) as client:
        tools = Tools(client, load_techniques_from_dir(TECHNIQUES))
        session = (await call(tools, "session_open", {}))["session"]
        answer = await call(tools, "session_run", {"session": session, "code": "1 + 1"})
        assert answer["result"] == 2
        for name, arguments, said in (
            ("nothing", {}, "no tool is called"),
            ("run", {"report": 1}, "takes no 'report'"),
            ("session_run", {}, "missing"),
            ("session_fork", {"session": "x"}, "no such session"),
        ):
            assert said in (await call(tools, name, arguments))["error"]
        await tools.close()


def test_the_page_is_printed_and_short() -> None:
    done = subprocess.run(
        [sys.executable, "-c", MAIN, "skill"], capture_output=True, text=True, check=True
    )
    page = Path(__file__).parents[3] / "docs/agents.md"
    assert done.stdout == page.read_text()
    assert len(done.stdout) < 8000
    assert all(f"`{name}`" in done.stdout for name in NAMES)


def test_http_is_for_this_machine_alone(server: RunningServer) -> None:
    done = subprocess.run(command(server, "--http", "0.0.0.0:8765"), capture_output=True, text=True)
    assert done.returncode == 2
    assert "only this machine may" in " ".join(done.stderr.replace("│", " ").split())
