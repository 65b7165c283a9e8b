"""A server that is shared: tokens over TLS, and what is seen of them from outside."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import grpc
import psutil
import pytest
from cloche import (
    Accepted,
    AuthenticationError,
    BudgetError,
    CallTimeoutError,
    Done,
    Output,
    PermissionDeniedError,
    PolicyError,
    Queued,
    ServerBusyError,
    Technique,
    TechniqueError,
)
from cloche.v1 import execution_pb2 as pb
from cloche.v1.execution_pb2_grpc import ExecutionServiceStub
from cloche_server.identity import token_file
from cloche_server.identity.token import Token
from cloche_server.identity.token_file import TokenFile
from cloche_server.record import chain
from cloche_server.record.usage import usage
from cloche_server.record.verify import verify
from grpc_health.v1 import health_pb2, health_pb2_grpc

from tests.support.server import refused
from tests.support.shared_server import SharedServer

SOURCE = "def f(model, tokenizer, word):\n    print(word)\n    return word.upper()\n"


def test_a_call_with_a_token_over_tls(shared: SharedServer) -> None:
    with shared.client(shared.draw()) as client:
        assert client.run(SOURCE, "word") == "WORD"
        assert client.check(SOURCE) == ()


def test_a_call_without_one(shared: SharedServer) -> None:
    for token in (None, Token.draw()):
        with shared.client(token) as client:
            for call in (client.info, lambda: client.run(SOURCE, "word")):
                with pytest.raises(AuthenticationError):
                    call()


def test_health_wants_none(shared: SharedServer) -> None:
    roots = grpc.ssl_channel_credentials(shared.authority.ca.read_bytes())
    with grpc.secure_channel(shared.address, roots) as channel:
        answer = health_pb2_grpc.HealthStub(channel).Check(health_pb2.HealthCheckRequest())
    assert answer.status == health_pb2.HealthCheckResponse.SERVING


def test_a_token_for_checks_does_not_run(shared: SharedServer) -> None:
    with shared.client(shared.draw(scopes=["check"])) as client:
        assert client.check(SOURCE) == ()
        with pytest.raises(PermissionDeniedError, match="lacks the scope run and has check"):
            client.run(SOURCE, "word")


def test_a_large_argument_wants_the_scope_of_uploads(shared: SharedServer) -> None:
    source = "def f(model, tokenizer, data):\n    return len(data)\n"
    data = bytes(5 << 20)
    with shared.client(shared.draw(scopes=["run", "upload"])) as client:
        assert client.run(source, data) == len(data)
    with (
        shared.client(shared.draw(scopes=["run"])) as client,
        pytest.raises(PermissionDeniedError, match="lacks the scope upload"),
    ):
        client.run(source, data)


def test_a_token_that_is_revoked_ends_with_the_call_that_runs(shared: SharedServer) -> None:
    token = shared.draw()
    with shared.client(token) as client:
        assert client.run(SOURCE, "word") == "WORD"
        with shared.tokens.changing() as records:
            token_file.revoke(records, token.id, at=time.time())
        with pytest.raises(AuthenticationError, match=f"the token {token.id} was revoked"):
            client.run(SOURCE, "word")


def test_the_log_says_who_and_nobody_finds_a_token(shared: SharedServer) -> None:
    """Not in the log, and in no process's arguments, environment or memory below the front."""
    token = shared.draw(tenant="mallory")
    secret = token.text.split("_")[2]
    with shared.client(token) as client:
        client.run(SOURCE, "word")
        with pytest.raises(Exception, match="raised") as caught:
            client.run("def f(model, tokenizer):\n    raise ValueError('raised')\n")
    assert secret not in str(caught.value)
    log = shared.running.log()
    assert f"tenant=mallory token={token.id}" in log
    assert secret not in log
    front, *below = shared.running.processes()
    for process in [front, *below]:
        try:
            assert secret not in " ".join(process.cmdline()) + str(process.environ())
        except psutil.NoSuchProcess:
            continue
    for process in below:
        assert not _holds(process.pid, secret.encode())


def _holds(pid: int, needle: bytes) -> bool:
    """Whether it is in any memory that the process may write."""
    try:
        with open(f"/proc/{pid}/maps") as maps, open(f"/proc/{pid}/mem", "rb", 0) as memory:
            for line in maps:
                span, rights, *_ = line.split()
                start, end = (int(each, 16) for each in span.split("-"))
                if rights.startswith("rw") and end - start < 1 << 28:
                    memory.seek(start)
                    try:
                        if needle in memory.read(end - start):
                            return True
                    except (OSError, OverflowError):
                        continue
    except (FileNotFoundError, ProcessLookupError, PermissionError):
        return False
    return False


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (("--listen", "0.0.0.0:1"), "which other machines reach, and the server has no tokens"),
        (("--access", "{none}"), "make the first token with cloche token create"),
        (("--tls-cert", "{none}", "--tls-key", "{none}"), "--tls-cert: "),
        (("--access", "{open}"), "can be written by others; chmod go-w it"),
    ],
)
def test_a_server_that_would_let_strangers_in_does_not_start(
    given: tuple[str, ...], said: str, tmp_path: Path, tiny_model: Path
) -> None:
    opened = tmp_path / "open"
    with TokenFile(opened).changing():
        pass
    os.chmod(opened, 0o777)
    words = [each.format(none=tmp_path / "none", open=opened) for each in given]
    cloche = [sys.executable, "-c", "from cloche.cli import main; main()"]
    done = subprocess.run(
        [*cloche, "serve", str(tiny_model), *words],
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert said in done.stderr


def test_terms_hold_and_a_waiting_call_is_told(shared: SharedServer) -> None:
    """One call at once: the second waits while slots are free, and is told."""
    shared.write_terms("[tenants.narrow]\nconcurrent_calls = 1\ntimeout_max_s = 9\n")
    token = shared.draw(tenant="narrow")
    source = "import time\ndef f(model, tokenizer, s):\n    time.sleep(s)\n    return s\n"
    with shared.client(token) as client, shared.client(token) as other:
        running = client.stream(source, 4.0)
        first = next(running)
        assert isinstance(first, Accepted)
        assert first.timeout_s == 9
        waiting = other.stream(source, 0.0)
        told = next(waiting)
        assert isinstance(told, Queued)
        assert told.ahead == 0
        with shared.client(shared.draw(tenant="wide")) as wide:
            assert wide.run(source, 0.0) == 0.0  # while slots are free for others
        assert [event for event in running if isinstance(event, Done)]
        assert [event for event in waiting if isinstance(event, Done)]


def test_a_session_is_its_tenants_and_of_a_model_that_the_caller_sees(
    shared: SharedServer,
) -> None:
    with (
        shared.client(shared.draw(tenant="owner")) as owner,
        shared.client(shared.draw(tenant="owner")) as same,
        shared.client(shared.draw(tenant="stranger")) as stranger,
        shared.client(shared.draw(tenant="owner", models=("another",))) as blind,
        owner.session() as session,
    ):
        session.run("x = 1\ndef f(model, tokenizer): return x")
        call = pb.Call(session=session.handle)
        call.technique.source = "def g(model, tokenizer): return x"
        for client, known in ((same, True), (stranger, False), (blind, False)):
            stub = client._connection.stub
            if known:
                assert stub.Execute(pb.ExecuteRequest(call=call)).HasField("result")
                continue
            for ask in (
                lambda stub=stub: stub.Execute(pb.ExecuteRequest(call=call)),
                lambda stub=stub: stub.ForkSession(pb.ForkSessionRequest(handle=session.handle)),
                lambda stub=stub: stub.RollbackSession(
                    pb.RollbackSessionRequest(handle=session.handle)
                ),
            ):
                with pytest.raises(grpc.RpcError) as caught:
                    ask()
                assert refused(caught.value).reason == "SESSION_UNKNOWN"


def test_sessions_take_of_what_their_tenant_may_have(shared: SharedServer) -> None:
    shared.write_terms("[tenants.small]\nmemory_total_bytes = 400000000\n")
    with (
        shared.client(shared.draw(tenant="small")) as client,
        client.session(memory="300MB"),
        pytest.raises(ServerBusyError, match="the calls of small together may add 400000000"),
    ):
        client.session(memory="300MB")


def test_a_budget_is_used_up_and_cuts_the_last_call(shared: SharedServer) -> None:
    token = shared.draw(tenant="spender", budget_s=1.0)
    source = "import time\ndef f(model, tokenizer):\n    time.sleep(5)\n"
    with shared.client(token) as client:
        with pytest.raises(CallTimeoutError, match="longer than 1 s"):
            client.run(source)
        with pytest.raises(BudgetError, match="has used its 1 s of model time"):
            client.run(source)


def test_a_source_is_not_lent_to_another_tenant(shared: SharedServer) -> None:
    """The digest alone runs it for who has sent it, and for nobody else."""
    source = SOURCE + "#" * 5000
    call = pb.Call(technique=pb.Technique(sha256=hashlib.sha256(source.encode()).digest()))
    roots = grpc.ssl_channel_credentials(shared.authority.ca.read_bytes())
    with shared.client(shared.draw(tenant="one")) as client:
        client.run(source, "word")
    with grpc.secure_channel(shared.address, roots) as channel:

        def execute(tenant: str) -> pb.ExecuteResponse:
            header = (("authorization", f"Bearer {shared.draw(tenant=tenant).text}"),)
            stub = ExecutionServiceStub(channel)
            return stub.Execute(pb.ExecuteRequest(call=call), metadata=header, timeout=60)

        # It is called without its argument.
        assert execute("one").failure.type == "TypeError"
        with pytest.raises(grpc.RpcError) as caught:
            execute("two")
    assert refused(caught.value).reason == "SOURCE_UNKNOWN"


def test_a_policy_holds_whatever_its_token_sends(shared: SharedServer) -> None:
    good = Technique.of("def f(model, tokenizer):\n    print('x')\n    raise ValueError(3)\n")
    imports = "import math\nimport json\ndef f(model, tokenizer):\n    return json.dumps(1)\n"
    shared.write_terms(
        f"[policies.listed]\ntechniques = ['{good.sha256}']\noutput = false\n"
        "source_lines = false\n[policies.narrow]\nmodules = ['math']\n"
    )
    agent = shared.draw(tenant="agents", policy="listed")
    with shared.client(agent) as client:
        seen = []
        with pytest.raises(TechniqueError) as caught:
            seen.extend(client.stream(good))
        assert not [event for event in seen if isinstance(event, Output)]
        assert "raise ValueError" not in caught.value.traceback
        assert [frame.line for frame in caught.value.frames] == [3]
        for call in (client.run, client.check):
            with pytest.raises(PermissionDeniedError, match="does not list this technique, whose"):
                call(good.source + "#")
    with shared.client(shared.draw(tenant="agents", policy="narrow")) as client:
        with pytest.raises(PolicyError, match="the token's policy does not allow it"):
            client.run(imports)
        (found,) = client.check(imports)
        assert (found.code, found.line) == ("import-not-allowed", 2)
        assert client.run(imports.replace("import json", "json = math").replace("dumps", "sqrt"))
    with (
        shared.client(shared.draw(tenant="agents", policy="gone")) as client,
        pytest.raises(PermissionDeniedError, match="has the policy 'gone'"),
    ):
        client.run(SOURCE, "x")


def test_a_call_that_runs_out_of_time_shows_no_line_that_is_withheld(shared: SharedServer) -> None:
    source = "def f(model, tokenizer):\n    while True:\n        planted_name = 1\n"
    shared.write_terms("[policies.blind]\nsource_lines = false\n")
    for policy, shows in ((None, True), ("blind", False)):
        with (
            shared.client(shared.draw(policy=policy)) as client,
            pytest.raises(CallTimeoutError, match="it was at line") as caught,
        ):
            client.with_options(timeout=2).run(source)
        assert ("planted_name" in str(caught.value) or "while True" in str(caught.value)) is shows


def test_what_was_done_is_written_down(shared: SharedServer) -> None:
    """Who, with which token, what and how it ended; and whoever was not let in."""
    token = shared.draw(tenant="written")
    with shared.client(token) as client:
        client.run(SOURCE, "word")
    with shared.client(Token.draw()) as client, pytest.raises(AuthenticationError):
        client.info()
    record = shared.record
    verify(record)
    text = "".join(path.read_text() for path in chain.files_of(record))
    told = [json.loads(line) for line in text.splitlines()]
    begun, ended = (each for each in told if each.get("tenant") == "written")
    assert (begun["event"], ended["event"], ended["outcome"]) == ("begun", "ended", "returned")
    assert begun["call_id"] == ended["call_id"]
    assert begun["token"] == ended["token"] == token.id
    assert begun["sha256"] == Technique.of(SOURCE).sha256
    assert ended["ran_s"] > 0
    assert [each for each in told if each["event"] == "turned-away"]
    assert token.text.split("_")[2] not in text
    used = usage(record, since=0.0)["written", token.id]
    assert (used.calls, used.outcomes) == (1, {"returned": 1})
