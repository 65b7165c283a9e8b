"""A token goes where its holder means it to go, and stands in nothing that is shown."""

from __future__ import annotations

import contextlib
import os
import pickle
import socket
import traceback
from collections.abc import Iterator
from concurrent import futures
from pathlib import Path
from typing import Any

import grpc
import pytest
from cloche import (
    AsyncInterpClient,
    AuthenticationError,
    InterpClient,
    InvalidRequestError,
    PermissionDeniedError,
    ServerError,
    ServerUnavailableError,
    Tls,
)
from cloche.client.credentials import Credentials
from cloche.client.logins import Login, find_login, forget_login, logins_path, store_login
from cloche.contract.reason import Reason
from cloche.v1 import execution_pb2 as pb
from cloche.v1 import execution_pb2_grpc as rpc

from tests.client.support.fake_server import FakeService, refuse, serving
from tests.support.certificates import Authority

TOKEN = "clk_aaaaaaaaaaaaaaaa_" + "b" * 52


@pytest.fixture(autouse=True)
def _own_config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.delenv("CLOCHE_TOKEN", raising=False)
    monkeypatch.delenv("CLOCHE_TLS", raising=False)


class Keeping(FakeService):
    """Keeps the authorization headers that came."""

    def __init__(self) -> None:
        super().__init__()
        self.headers: list[object] = []

    def GetServerInfo(self, request: Any, context: grpc.ServicerContext) -> Any:
        self.headers += [v for k, v in context.invocation_metadata() if k == "authorization"]
        return super().GetServerInfo(request, context)


@contextlib.contextmanager
def behind_tls(service: FakeService, authority: Authority, *, clients: bool) -> Iterator[str]:
    pair = authority.issue("127.0.0.1")
    server = grpc.server(futures.ThreadPoolExecutor(4))
    rpc.add_ExecutionServiceServicer_to_server(service, server)
    credentials = grpc.ssl_server_credentials(
        [(pair.key.read_bytes(), pair.certificate.read_bytes())],
        authority.ca.read_bytes() if clients else None,
        clients,
    )
    port = server.add_secure_port("127.0.0.1:0", credentials)
    server.start()
    try:
        yield f"127.0.0.1:{port}"
    finally:
        server.stop(None)


@pytest.mark.parametrize("listen", ["127.0.0.1:0", "unix:{}/s"])
def test_a_token_reaches_a_server_of_this_machine(listen: str, tmp_path: Path) -> None:
    service = Keeping()
    with serving(service, listen.format(tmp_path)) as address:
        with InterpClient(address=address, token=TOKEN) as client:
            client.info()
        with InterpClient(address=address) as client:
            client.info()
    assert service.headers == [f"Bearer {TOKEN}"]


def test_over_tls_to_a_server_that_is_known(tmp_path: Path) -> None:
    service, authority = Keeping(), Authority(tmp_path)
    with (
        behind_tls(service, authority, clients=False) as address,
        InterpClient(address=address, token=TOKEN, tls=authority.ca) as client,
    ):
        client.info()
    assert service.headers == [f"Bearer {TOKEN}"]


def test_a_server_that_is_not_known_gets_no_token(tmp_path: Path) -> None:
    service = Keeping()
    theirs, ours = Authority(tmp_path / "1"), Authority(tmp_path / "2")
    with (
        behind_tls(service, theirs, clients=False) as address,
        InterpClient(address=address, token=TOKEN, tls=ours.ca) as client,
        pytest.raises(ServerError, match="nobody whom this client trusts has signed") as caught,
    ):
        client.info()
    assert not isinstance(caught.value, ServerUnavailableError)  # trying again cannot mend it
    assert service.headers == []


def test_tls_where_there_is_none(tmp_path: Path) -> None:
    with (
        serving(Keeping(), "127.0.0.1:0") as address,
        InterpClient(address=address, tls=Authority(tmp_path).ca) as client,
        pytest.raises(ServerError, match="it speaks no TLS there"),
    ):
        client.info()


def test_no_tls_where_there_is_some(tmp_path: Path) -> None:
    with (
        behind_tls(Keeping(), Authority(tmp_path), clients=False) as address,
        InterpClient(address=address, connect_timeout=0.3) as client,
        pytest.raises(ServerUnavailableError, match="it may want TLS: give tls="),
    ):
        client.info()


def test_certificates_of_callers(tmp_path: Path) -> None:
    service, authority = Keeping(), Authority(tmp_path / "1")
    own = authority.issue("alice.example", file="alice")
    strange = Authority(tmp_path / "2").issue("alice.example", file="alice")
    with behind_tls(service, authority, clients=True) as address:
        tls = Tls(ca=authority.ca, certificate=own.certificate, key=own.key)
        with InterpClient(address=address, tls=tls) as client:
            client.info()
        for tls, said in (
            (Tls(ca=authority.ca), "it may want a certificate of yours"),
            (
                Tls(ca=authority.ca, certificate=strange.certificate, key=strange.key),
                "it may not take your certificate",
            ),
        ):
            with (
                InterpClient(address=address, tls=tls, connect_timeout=0.3) as client,
                pytest.raises(ServerUnavailableError, match=said),
            ):
                client.info()


@pytest.mark.parametrize("address", ["192.0.2.1:1", "host.example:1", "[2001:db8::1]:1"])
def test_to_another_machine_a_token_brings_tls_and_never_goes_in_clear(address: str) -> None:
    assert Credentials.of(address, TOKEN).tls == Tls()
    assert Credentials.of(address, None).tls is None
    with pytest.raises(InvalidRequestError, match="a token is never sent in clear"):
        InterpClient(address=address, token=TOKEN, tls=False)


def test_the_machine_is_known_by_its_connection_not_by_its_name() -> None:
    """gRPC looks at where the connection ends: a name that lies about it gets no token."""
    found = [
        each
        for each in socket.getaddrinfo(socket.gethostname(), None, family=socket.AF_INET)
        if not str(each[4][0]).startswith("127.")
    ]
    if not found:
        pytest.skip("this machine has no address but loopback")
    service = Keeping()
    with serving(service, "0.0.0.0:0") as address:
        port = address.rpartition(":")[2]
        elsewhere = f"{found[0][4][0]}:{port}"
        channel = Credentials(token=TOKEN).channel(elsewhere, [])
        with pytest.raises(grpc.RpcError):
            rpc.ExecutionServiceStub(channel).GetServerInfo(pb.GetServerInfoRequest(), timeout=5)
        channel.close()
    assert service.headers == []


@pytest.mark.parametrize("token", ["", "a b", "a\n", "é", "x" * 9000, "tab\t"])
def test_what_is_no_token_is_refused_unseen(token: str) -> None:
    with pytest.raises(InvalidRequestError, match="the token is no token") as caught:
        InterpClient(address="127.0.0.1:1", token=token)
    assert token == "" or token not in str(caught.value)


def test_a_token_is_for_a_server_at_an_address() -> None:
    for given in ({"token": TOKEN}, {"tls": True}):
        with pytest.raises(InvalidRequestError, match="for a server at an address") as caught:
            InterpClient(model_name="m", **given)  # type: ignore[arg-type]
        assert TOKEN not in str(caught.value)


def test_the_variables(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CLOCHE_TOKEN", TOKEN)
    assert Credentials.of("127.0.0.1:1", None) == Credentials(token=TOKEN)
    assert Credentials.of("127.0.0.1:1", "clk_x").token == "clk_x"
    for text, means in (("1", Tls()), ("0", None), ("", None), ("ca.pem", Tls(ca="ca.pem"))):
        monkeypatch.setenv("CLOCHE_TLS", text)
        assert Credentials.of("127.0.0.1:1", None).tls == means


def test_none_at_all_where_that_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLOCHE_TOKEN", TOKEN)
    store_login("a.example:1", Login(token=TOKEN, tls=Tls()))
    assert Credentials.of("127.0.0.1:1", False) == Credentials()
    # How to know the server is no secret of its holder's.
    assert Credentials.of("a.example:1", False) == Credentials(tls=Tls())


def test_a_login_is_for_its_address_alone_and_only_for_this_user(tmp_path: Path) -> None:
    tls = Tls(ca=tmp_path / "ca.pem")
    path = store_login("a.example:1", Login(token=TOKEN, tls=tls))
    store_login("127.0.0.1:2", Login(token="clk_other"))
    assert path == logins_path()
    assert os.stat(path).st_mode & 0o077 == os.stat(path.parent).st_mode & 0o077 == 0
    found = Credentials.of("a.example:1", None)
    assert (found.token, found.tls) == (TOKEN, Tls(ca=str(tmp_path / "ca.pem")))
    assert Credentials.of("127.0.0.1:2", None) == Credentials(token="clk_other")
    assert Credentials.of("a.example:2", None) == Credentials()
    assert forget_login("a.example:1")
    assert not forget_login("a.example:1")
    assert find_login("a.example:1") is None
    path.rename(path.with_suffix(".away"))
    path.mkdir()
    with pytest.raises(InvalidRequestError, match="cannot read"):
        Credentials.of("127.0.0.1:2", None)
    path.rmdir()
    path.with_suffix(".away").rename(path)
    path.chmod(0o640)
    with pytest.raises(InvalidRequestError, match="other users may open it; chmod 600 it"):
        Credentials.of("127.0.0.1:2", None)
    path.chmod(0o600)
    path.write_text('{"127.0.0.1:2": {"token": 5}}')
    with pytest.raises(InvalidRequestError, match="is not as cloche login writes it"):
        Credentials.of("127.0.0.1:2", None)


def test_a_token_is_in_nothing_that_is_shown(tmp_path: Path) -> None:
    """Every text of the client's: what shows it, its errors, and what formats a traceback."""
    secret = TOKEN.split("_")[2]
    texts: list[str] = [repr(Credentials(token=TOKEN)), repr(Login(token=TOKEN))]
    client = InterpClient(address="127.0.0.1:1", token=TOKEN, connect_timeout=0.1)
    texts += [repr(client), str(client), repr(AsyncInterpClient(address="x:1", token=TOKEN))]
    with client:
        for call in (client.info, lambda: client.run("def f(model, tokenizer): pass")):
            try:
                call()
            except ServerError as error:
                texts += [str(error), repr(error), "".join(traceback.format_exception(error))]
                texts.append(repr(pickle.dumps(str(error))))
    assert len(texts) == 13
    assert not [text for text in texts if secret in text]


def test_refusals_have_exceptions_of_their_own(service: FakeService, address: str) -> None:
    for reason, kind in (
        (Reason.UNAUTHENTICATED, AuthenticationError),
        (Reason.FORBIDDEN, PermissionDeniedError),
    ):
        service.handler = lambda call, context, reason=reason: refuse(context, reason, "why")
        with InterpClient(address=address) as client, pytest.raises(kind, match="why"):
            client.run("def f(model, tokenizer): pass")


@pytest.mark.parametrize("given", [{"token": TOKEN}, {"tls": True}])
def test_a_proxy_that_ends_tls_takes_neither(given: dict[str, Any]) -> None:
    with pytest.raises(InvalidRequestError, match="give proxy_token=") as caught:
        InterpClient(address="https://example.org", **given)
    assert caught.value.field in given


def test_a_login_that_is_not_needed_is_not_read(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def find(address: str) -> None:
        raise AssertionError("it was read")

    monkeypatch.setattr("cloche.client.credentials.find_login", find)
    assert Credentials.of("unix:/x", TOKEN, False).token == TOKEN


def test_what_is_stored_of_tls_is_where_it_was_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/somebody")
    assert Tls(ca="~/ca.pem").fields() == {"ca": "/home/somebody/ca.pem"}
