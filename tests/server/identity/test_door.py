"""Who is let in, over a socket: every method of every service, and every way to be nobody."""

from __future__ import annotations

import asyncio
import hmac
import logging
import time
from pathlib import Path
from typing import Any

import grpc
import pytest
from cloche.contract.reason import Reason
from cloche.v1 import execution_pb2 as pb
from cloche.v1.execution_pb2_grpc import ExecutionServiceStub
from cloche_server.front.budget import MemoryBudget
from cloche_server.front.requests import Source
from cloche_server.front.service import SERVICE
from cloche_server.front.sources import KEPT_FROM_BYTES, Sources
from cloche_server.identity import token_file
from cloche_server.identity.door import Asking, TokenDoor
from cloche_server.identity.failures import Failures
from cloche_server.identity.scopes import NEEDED, SCOPES
from cloche_server.identity.tenants import Tenants
from cloche_server.identity.token import Token
from cloche_server.identity.token_file import TokenFile
from cloche_server.identity.token_record import new_record
from cloche_server.refusal import Refusal
from google.rpc import status_pb2
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc

from tests.support.server import refused
from tests.support.service import served

NOW = 1000.0


@pytest.fixture
def tokens(tmp_path: Path) -> TokenFile:
    return TokenFile(tmp_path / "access")


@pytest.fixture
def door(tokens: TokenFile) -> TokenDoor:
    draw(tokens)  # there is a file
    return TokenDoor(tokens, Tenants(tokens.path.parent), clock=lambda: NOW)


def draw(tokens: TokenFile, **given: Any) -> Token:
    token = Token.draw()
    with tokens.changing() as records:
        records[token.id] = new_record(token, tenant="alice", now=NOW - 1, **given)
    return token


def bearer(token: Token | str) -> tuple[tuple[str, str], ...]:
    return (("authorization", f"Bearer {token.text if isinstance(token, Token) else token}"),)


async def answer(channel: grpc.aio.Channel, method: str, metadata: Any) -> grpc.StatusCode:
    # On the wire one message is a stream of one; with more writes gRPC may see the end first.
    ask = channel.unary_stream(f"/{SERVICE.full_name}/{method}")
    call = ask(b"", metadata=metadata, timeout=20)
    async for _ in call:
        pass
    return await call.code()  # type: ignore[no-any-return]


async def code_of(channel: grpc.aio.Channel, method: str, metadata: Any) -> grpc.StatusCode:
    try:
        return await answer(channel, method, metadata)
    except grpc.aio.AioRpcError as error:
        return error.code()


def test_every_method_of_the_contract_has_its_scopes() -> None:
    assert set(NEEDED) == {each.name for each in SERVICE.methods}


@pytest.mark.parametrize("method", sorted(NEEDED))
async def test_every_method_wants_a_token(door: TokenDoor, tokens: TokenFile, method: str) -> None:
    async with served(door) as address, grpc.aio.insecure_channel(address) as channel:
        assert await code_of(channel, method, ()) is grpc.StatusCode.UNAUTHENTICATED
        good = await code_of(channel, method, bearer(draw(tokens)))
    assert good not in (grpc.StatusCode.UNAUTHENTICATED, grpc.StatusCode.PERMISSION_DENIED)


@pytest.mark.parametrize("method", sorted(name for name, scopes in NEEDED.items() if scopes))
async def test_every_scope_is_needed(door: TokenDoor, tokens: TokenFile, method: str) -> None:
    async with served(door) as address, grpc.aio.insecure_channel(address) as channel:
        for lacking in NEEDED[method]:
            scopes = [scope for scope in SCOPES if scope != lacking]
            with pytest.raises(grpc.aio.AioRpcError) as caught:
                await answer(channel, method, bearer(draw(tokens, scopes=scopes)))
            found = refused(caught.value)  # type: ignore[arg-type]
            assert found.code is grpc.StatusCode.PERMISSION_DENIED
            assert (found.reason, found.field) == (Reason.FORBIDDEN, "token")
            assert f"lacks the scope {lacking}" in found.message


async def test_health_is_open_and_reflection_is_not(door: TokenDoor, tokens: TokenFile) -> None:
    ask = reflection_pb2.ServerReflectionRequest(list_services="")
    async with served(door) as address, grpc.aio.insecure_channel(address) as channel:
        health = health_pb2_grpc.HealthStub(channel)
        assert await health.Check(health_pb2.HealthCheckRequest())
        stub = reflection_pb2_grpc.ServerReflectionStub(channel)
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await stub.ServerReflectionInfo(iter([ask])).read()
        assert caught.value.code() is grpc.StatusCode.UNAUTHENTICATED
        told = await stub.ServerReflectionInfo(iter([ask]), metadata=bearer(draw(tokens))).read()
        assert told.list_services_response.service


async def test_tokens_that_are_none(door: TokenDoor, tokens: TokenFile) -> None:
    good = draw(tokens)
    secret = good.text.split("_")[2]
    revoked = draw(tokens)
    with tokens.changing() as records:
        token_file.revoke(records, revoked.id, at=NOW)
    expired = draw(tokens, lives_s=1)
    cases: dict[str, Any] = {
        "none": (),
        "forged": bearer(Token.draw()),
        "another's secret": bearer(f"clk_{draw(tokens).id}_{secret}"),
        "expired": bearer(expired),
        "revoked": bearer(revoked),
        "another scheme": (("authorization", f"Basic {good.text}"),),
        "no scheme": (("authorization", good.text),),
        "two headers": bearer(good) * 2,
        "a good one after a bad": bearer("x") + bearer(good),
        "two in one": (("authorization", f"Bearer {good.text}, Bearer {good.text}"),),
        "in another header": (("x-authorization", f"Bearer {good.text}"),),
        "in a binary header": (("authorization-bin", f"Bearer {good.text}".encode()),),
        "in a forwarded header": (("proxy-authorization", f"Bearer {good.text}"),),
        "empty": bearer(""),
        "long": bearer("clk_" + "a" * 6000),
        "a web token of no algorithm": bearer("eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIn0."),
        "upper case": bearer(good.text.upper()),
    }
    async with served(door) as address, grpc.aio.insecure_channel(address) as channel:
        for name, metadata in cases.items():
            with pytest.raises(grpc.aio.AioRpcError) as caught:
                await answer(channel, "GetServerInfo", metadata)
            found = refused(caught.value)  # type: ignore[arg-type]
            assert found.code is grpc.StatusCode.UNAUTHENTICATED, name
            assert (found.reason, found.field) == (Reason.UNAUTHENTICATED, "token"), name
            assert secret not in repr(found), name
        assert await answer(channel, "GetServerInfo", bearer(good)) is grpc.StatusCode.OK
        lower = (("authorization", f"bearer {good.text}"),)
        assert await answer(channel, "GetServerInfo", lower) is grpc.StatusCode.OK


async def test_a_running_server_sees_what_changes(door: TokenDoor, tokens: TokenFile) -> None:
    async with served(door) as address, grpc.aio.insecure_channel(address) as channel:
        token = draw(tokens)
        assert await code_of(channel, "GetServerInfo", bearer(token)) is grpc.StatusCode.OK
        with tokens.changing() as records:
            token_file.revoke(records, token.id, at=NOW)
        with pytest.raises(grpc.aio.AioRpcError, match="was revoked at 1970"):
            await answer(channel, "GetServerInfo", bearer(token))


async def test_tokens_that_cannot_be_read_let_nobody_in(
    door: TokenDoor, tokens: TokenFile, caplog: pytest.LogCaptureFixture
) -> None:
    token = draw(tokens)
    async with served(door) as address, grpc.aio.insecure_channel(address) as channel:
        tokens.path.write_text("{")
        code = await code_of(channel, "GetServerInfo", bearer(token))
    assert code is grpc.StatusCode.UNAVAILABLE
    assert "the tokens cannot be read" in caplog.text


async def test_models_of_others_do_not_exist(door: TokenDoor, tokens: TokenFile) -> None:
    one = draw(tokens, models=["second"])
    none = draw(tokens, models=["elsewhere"])
    call = pb.Call(technique=pb.Technique(source="def f(model, tokenizer): pass"), model="first")
    async with served(door) as address, grpc.aio.insecure_channel(address) as channel:
        stub = ExecutionServiceStub(channel)
        info = await stub.GetServerInfo(pb.GetServerInfoRequest(), metadata=bearer(one))
        assert ([each.name for each in info.models], info.model.name) == (["second"], "second")
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await stub.Execute(pb.ExecuteRequest(call=call), metadata=bearer(one))
        found = refused(caught.value)  # type: ignore[arg-type]
        assert found.message == "no model is served as 'first'; this server has: second"
        call.model = ""
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await stub.Execute(pb.ExecuteRequest(call=call), metadata=bearer(none))
        assert caught.value.code() is grpc.StatusCode.PERMISSION_DENIED


def write_terms(tokens: TokenFile, text: str) -> None:
    path = tokens.path.parent / "tenants.toml"
    path.write_text(text)


async def test_terms_of_a_tenant_hold_for_its_tokens(door: TokenDoor, tokens: TokenFile) -> None:
    token = draw(tokens)
    write_terms(
        tokens,
        "[tenants.alice]\ntimeout_max_s = 3\nconcurrent_calls = 1\nmodels = ['second']\n"
        "rate = '2/hour'\n",
    )
    call = pb.Call(technique=pb.Technique(source="def f(model, tokenizer): pass"))
    async with served(door) as address, grpc.aio.insecure_channel(address) as channel:
        stub = ExecutionServiceStub(channel)
        info = await stub.GetServerInfo(pb.GetServerInfoRequest(), metadata=bearer(token))
        assert [each.name for each in info.models] == ["second"]
        assert (info.limits.timeout_max.seconds, info.limits.concurrent_calls) == (3, 1)
        found = []
        for _ in range(3):
            with pytest.raises(grpc.aio.AioRpcError) as caught:
                await stub.Execute(pb.ExecuteRequest(call=call), metadata=bearer(token))
            found.append(refused(caught.value).reason)  # type: ignore[arg-type]
        assert found == [Reason.NOT_READY, Reason.NOT_READY, Reason.RATE_LIMIT]
        details = dict(caught.value.trailing_metadata())["grpc-status-details-bin"]
        told = {
            each.type_url.rpartition(".")[2]
            for each in status_pb2.Status.FromString(details).details
        }
        assert told == {"ErrorInfo", "RetryInfo", "QuotaFailure"}


async def test_a_digest_is_known_to_the_tenant_that_sent_its_source() -> None:
    sources = Sources()
    source = Source.of("#" * KEPT_FROM_BYTES)
    sources.keep(source, "alice")
    nothing = Source.of("")
    assert sources.resolve(nothing, source.digest, "alice") is source
    for other in ("bob", ""):
        with pytest.raises(Refusal) as caught:
            sources.resolve(nothing, source.digest, other)
        assert caught.value.reason is Reason.SOURCE_UNKNOWN


async def test_a_tenant_that_takes_no_answers_leaves_half_to_others() -> None:
    budget = MemoryBudget(1000)
    with budget.held(400, owner="alice") as first, budget.held(owner="alice") as second:
        with pytest.raises(Refusal, match="are held for alice") as caught:
            second.resize(200)
        assert caught.value.reason is Reason.BUSY
        with budget.held(500, owner="bob"):
            pass
        first.resize(100)
        second.resize(200)
    with budget.held(900):
        pass  # where there are no tenants nothing is divided


async def test_info_without_its_scope_says_whether_the_server_is_ready(
    door: TokenDoor, tokens: TokenFile
) -> None:
    token = draw(tokens, scopes=["run"])
    async with served(door) as address, grpc.aio.insecure_channel(address) as channel:
        stub = ExecutionServiceStub(channel)
        info = await stub.GetServerInfo(pb.GetServerInfoRequest(), metadata=bearer(token))
    assert info.state == pb.SERVER_STATE_STARTING
    assert info.limits.timeout_max.seconds > 0
    assert (info.state_detail, list(info.models), info.HasField("model")) == ("", [], False)


class _Said:
    """An RPC of one header."""

    def __init__(self, text: str) -> None:
        self.peer = "ipv4:192.0.2.1:1"
        self._values = (text,)

    def header(self, name: str) -> tuple[str, ...]:
        return self._values

    def certificate_names(self) -> tuple[str, ...]:
        return ()


async def _turned_away(door: TokenDoor, rpc: Asking) -> None:
    with pytest.raises(Refusal):
        await door.enter(rpc, f"/{SERVICE.full_name}/Check")


async def test_a_flood_of_wrong_tokens_fills_no_log_and_takes_little(
    door: TokenDoor, caplog: pytest.LogCaptureFixture
) -> None:
    wrong = [_Said(f"Bearer {Token.draw().text}") for _ in range(200)]
    began, used = time.monotonic(), time.process_time()
    for _ in range(10):
        for rpc in wrong:
            await _turned_away(door, rpc)
    per_call_s = (time.process_time() - used) / 2000
    assert per_call_s < 0.001  # of processor time: ten thousand a second leave the loop its turns
    lines = [each for each in caplog.records if each.name == "cloche.access"]
    assert 1 <= len(lines) <= 2 + time.monotonic() - began
    assert "clk_" not in caplog.text


async def test_a_flood_of_wrong_tokens_over_sockets_keeps_nobody_out(
    door: TokenDoor, tokens: TokenFile
) -> None:
    good = draw(tokens)
    async with served(door) as address:
        options = [("grpc.use_local_subchannel_pool", 1)]
        async with (
            grpc.aio.insecure_channel(address, options=options) as channel,
            grpc.aio.insecure_channel(address, options=options) as others,
        ):

            async def flood() -> set[grpc.StatusCode]:
                made = [bearer(Token.draw()) for _ in range(100)]
                return {await code_of(others, "Execute", metadata) for metadata in made}

            floods = [asyncio.create_task(flood()) for _ in range(8)]
            honest = [await code_of(channel, "GetServerInfo", bearer(good)) for _ in range(20)]
            assert set(honest) == {grpc.StatusCode.OK}
            for each in floods:
                assert await each == {grpc.StatusCode.UNAUTHENTICATED}


def test_failures_are_told_at_once_and_then_counted(caplog: pytest.LogCaptureFixture) -> None:
    now = [0.0]
    failures = Failures(clock=lambda: now[0])
    with caplog.at_level(logging.WARNING, "cloche.access"):
        for at in (0.0, 0.1, 0.9, 1.5):
            now[0] = at
            failures.note("ipv4:1.2.3.4:5\n", "why")
    texts = [each.getMessage() for each in caplog.records]
    assert texts == [
        "turned away ipv4:1.2.3.4:5\\n: why",
        "turned away ipv4:1.2.3.4:5\\n: why (and 2 others before it)",
    ]


def test_every_look_up_compares_two_whole_digests_in_constant_time(
    tokens: TokenFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether the id is known, and how much of the secret is right, makes no difference."""
    good = draw(tokens)
    secret = good.text.split("_")[2]
    near = Token.parse(f"clk_{good.id}_{secret[:-1]}{'a' if secret[-1] != 'a' else 'b'}")
    assert near is not None
    lengths = []

    def compare(one: str, other: str) -> bool:
        lengths.append((len(one), len(other)))
        return real(one, other)

    real = hmac.compare_digest
    monkeypatch.setattr(hmac, "compare_digest", compare)
    assert [tokens.find(each) is None for each in (good, near, Token.draw())] == [False, True, True]
    assert lengths == [(64, 64)] * 3
    # What meets the stored digest says nothing of how much of the secret was right.
    assert near.digest()[:8] != good.digest()[:8]
