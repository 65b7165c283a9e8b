"""Who may call over HTTP, and where it listens: the tools' side of what both verbs share."""

from __future__ import annotations

import contextlib
import ssl
import subprocess
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from mcp import Client
from mcp.client.streamable_http import streamable_http_client

from tests.support.http_verb import HttpVerb, command, http_verb
from tests.support.server import RunningServer
from tests.support.shared_server import SharedServer

LISTING = {"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {}}
TAKES = {"Accept": "application/json, text/event-stream"}


def environment(shared: SharedServer) -> dict[str, str]:
    return {"CLOCHE_TLS": str(shared.authority.ca)}


@pytest.fixture(scope="module")
def verb(shared: SharedServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[HttpVerb]:
    """Its own token is good, and must be nobody's way in."""
    own = environment(shared) | {"CLOCHE_TOKEN": shared.draw("operator").text}
    with http_verb(
        "mcp", "--http", tmp_path_factory.mktemp("verb"), "--address", shared.address, env=own
    ) as made:
        yield made


@contextlib.asynccontextmanager
async def tools(url: str, token: str) -> AsyncIterator[Client]:
    headers = {"Authorization": f"Bearer {token}"}
    async with (
        httpx2.AsyncClient(headers=headers, timeout=60) as http,
        Client(streamable_http_client(f"{url}/mcp", http_client=http)) as client,
    ):
        yield client


async def call(client: Client, name: str, **arguments: Any) -> Any:
    return await client.call_tool(name, arguments)


async def test_each_caller_has_their_own_token_and_sessions(
    shared: SharedServer, verb: HttpVerb
) -> None:
    alice, bob = shared.draw("alice"), shared.draw("bob")
    async with tools(verb.url, alice.text) as hers, tools(verb.url, bob.text) as his:
        session = (await call(hers, "session_open")).structured_content["session"]
        answer = await call(hers, "session_run", session=session, code="x = 2\nx")
        assert answer.structured_content["result"] == 2
        assert (await call(his, "session_run", session=session, code="x")).is_error
        assert (await call(hers, "session_close", session=session)).structured_content["closed"]


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": "Bearer wrong-token-5512"},
        {"Authorization": "Basic d3JvbmctdG9rZW4="},
        {"Authorization": "Bearer"},
        {"Authorization": "Bearer two words"},
    ],
    ids=["none", "unknown", "basic", "empty", "words"],
)
def test_strangers_are_told_to_bring_one(verb: HttpVerb, headers: dict[str, str]) -> None:
    answer = httpx2.post(f"{verb.url}/mcp", json=LISTING, headers=TAKES | headers, timeout=60)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert "token" in answer.json()["error"] or "authorization" in answer.json()["error"]


def test_strangers_take_nobodys_place(shared: SharedServer, verb: HttpVerb) -> None:
    """More of them than callers are held, and the session of one who is known is still there."""
    token = shared.draw("alice").text

    def ask(name: str, arguments: dict[str, Any], bearer: str) -> httpx2.Response:
        asked = {**LISTING, "method": "tools/call"}
        asked["params"] = {"name": name, "arguments": arguments}
        known = TAKES | {"Authorization": f"Bearer {bearer}"}
        return httpx2.post(f"{verb.url}/mcp", json=asked, headers=known, timeout=60)

    opened = ask("session_open", {}, token)
    session = opened.text.partition('"structuredContent":{"session":"')[2].partition('"')[0]
    assert session, opened.text
    for number in range(40):
        assert ask("session_open", {}, f"wrong-{number}").status_code == 401
    assert '"result":3' in ask("session_run", {"session": session, "code": "1 + 2"}, token).text
    assert '"closed":true' in ask("session_close", {"session": session}, token).text


def test_a_token_that_is_taken_back_ends_with_it(shared: SharedServer, verb: HttpVerb) -> None:
    token = shared.draw("alice")
    known = TAKES | {"Authorization": f"Bearer {token.text}"}
    assert httpx2.post(f"{verb.url}/mcp", json=LISTING, headers=known).status_code == 200
    with shared.tokens.changing() as records:
        del records[token.id]
    assert httpx2.post(f"{verb.url}/mcp", json=LISTING, headers=known).status_code == 401


def test_no_token_is_logged(shared: SharedServer, verb: HttpVerb) -> None:
    token = shared.draw("alice").text
    for bearer in (token, "wrong-token-5512"):
        known = TAKES | {"Authorization": f"Bearer {bearer}"}
        httpx2.post(f"{verb.url}/mcp", json=LISTING, headers=known)
    said = verb.log.read_text()
    assert token not in said
    assert "wrong-token-5512" not in said


@pytest.mark.parametrize(
    "headers",
    [{"Origin": "https://pages.example"}, {"Origin": "null"}, {"Host": "pages.example:80"}],
    ids=["origin", "opaque", "host"],
)
def test_a_page_in_a_browser_is_no_caller(verb: HttpVerb, headers: dict[str, str]) -> None:
    answer = httpx2.post(f"{verb.url}/mcp", json=LISTING, headers=TAKES | headers)
    assert answer.status_code == 403


def test_own_token_is_for_all_where_the_operator_says_so(
    shared: SharedServer, tmp_path: Path
) -> None:
    own = environment(shared) | {"CLOCHE_TOKEN": shared.draw("operator").text}
    with http_verb(
        "mcp", "--http", tmp_path, "--address", shared.address, "--own-token", env=own
    ) as verb:
        answer = httpx2.post(f"{verb.url}/mcp", json=LISTING, headers=TAKES, timeout=60)
        assert answer.status_code == 200


def test_beyond_this_machine_with_tokens_and_tls(shared: SharedServer, tmp_path: Path) -> None:
    pair = shared.authority.issue("127.0.0.1", file="http")
    tls = ("--tls-cert", str(pair.certificate), "--tls-key", str(pair.key))
    with http_verb(
        "mcp", "--http", tmp_path, "--address", shared.address, *tls,
        host="0.0.0.0", env=environment(shared),
    ) as verb:  # fmt: skip
        trust = ssl.create_default_context(cafile=str(shared.authority.ca))
        url = f"https://127.0.0.1:{verb.port}/mcp"
        with httpx2.Client(verify=trust, headers=TAKES, timeout=60) as http:
            assert http.post(url, json=LISTING).status_code == 401
            known = {"Authorization": f"Bearer {shared.draw('alice').text}"}
            assert http.post(url, json=LISTING, headers=known).status_code == 200


@pytest.mark.parametrize("verb_name", ["mcp", "chat"])
def test_not_beyond_this_machine_without(
    server: RunningServer, shared: SharedServer, verb_name: str
) -> None:
    pair = shared.authority.issue("127.0.0.1", file="http")
    tls = ("--tls-cert", str(pair.certificate), "--tls-key", str(pair.key))
    option = {"mcp": "--http", "chat": "--listen"}[verb_name]

    def refused(*arguments: str) -> str:
        done = subprocess.run(
            command(verb_name, option, "0.0.0.0:8765", *arguments),
            capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip
        assert done.returncode == 2, done.stderr
        return " ".join(done.stderr.replace("│", " ").split())

    assert "tokens would go in clear" in refused("--address", shared.address)
    assert "asks for no tokens" in refused("--address", server.address, *tls)
    own = ("--address", shared.address, "--own-token", *tls)
    assert "callers are not asked for a token" in refused(*own)
    assert "belong together" in refused("--address", shared.address, *tls[:2])
