"""Certificates that change while a server serves, and callers that must have one."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import grpc
import pytest
from cloche.contract.config import ConfigError, ModelConfig, ServerConfig
from cloche.v1 import execution_pb2 as pb
from cloche.v1.execution_pb2_grpc import ExecutionServiceStub
from cloche_server.identity.door import OpenDoor, TokenDoor
from cloche_server.identity.tenants import Tenants
from cloche_server.identity.tls import Certificates, certificates_of
from cloche_server.identity.token import Token
from cloche_server.identity.token_file import TokenFile
from cloche_server.identity.token_record import new_record

from tests.support.certificates import Authority, Pair
from tests.support.service import served


async def reaches(address: str, authority: Authority, own: Pair | None = None) -> bool:
    credentials = grpc.ssl_channel_credentials(
        authority.ca.read_bytes(),
        None if own is None else own.key.read_bytes(),
        None if own is None else own.certificate.read_bytes(),
    )
    options = [("grpc.use_local_subchannel_pool", 1)]
    async with grpc.aio.secure_channel(address, credentials, options=options) as channel:
        try:
            await ExecutionServiceStub(channel).GetServerInfo(pb.GetServerInfoRequest(), timeout=20)
        except grpc.aio.AioRpcError as error:
            if error.code() is grpc.StatusCode.UNAVAILABLE:
                return False
            raise
        return True


def certificates(pair: Pair, authority: Authority | None = None) -> Certificates:
    return Certificates(pair.certificate, pair.key, None if authority is None else authority.ca)


async def test_a_new_certificate_is_served_without_a_restart(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    first, second = Authority(tmp_path / "1"), Authority(tmp_path / "2")
    pair, other = first.issue("127.0.0.1"), second.issue("127.0.0.1")
    held = certificates(pair).server_credentials()
    async with served(OpenDoor(), credentials=held) as address:
        assert await reaches(address, first)
        assert not await reaches(address, second)
        # Between the two files nothing belongs together: the old ones go on.
        shutil.copy(other.certificate, pair.certificate)
        assert await reaches(address, first)
        assert "the certificates of before are kept" in caplog.text
        shutil.copy(other.key, pair.key)
        assert await reaches(address, second)
        assert not await reaches(address, first)
        pair.key.unlink()
        assert await reaches(address, second)


async def test_who_has_no_certificate_of_the_right_authority_is_not_heard(tmp_path: Path) -> None:
    ours, theirs = Authority(tmp_path / "1"), Authority(tmp_path / "2")
    held = certificates(ours.issue("127.0.0.1"), ours).server_credentials()
    async with served(OpenDoor(), credentials=held) as address:
        assert await reaches(address, ours, ours.issue("alice.example", file="alice"))
        assert not await reaches(address, ours)
        assert not await reaches(address, ours, theirs.issue("alice.example", file="alice"))


def test_files_that_are_no_pair_stop_the_start(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    pair, other = authority.issue("a"), authority.issue("a", file="other")

    def configured(**given: Any) -> ServerConfig:
        return ServerConfig(model=ModelConfig(name="m"), **given)

    assert certificates_of(configured()) is None
    for certificate, key, ca, said in (
        (pair.certificate, other.key, None, "are no certificate with its key"),
        (pair.key, pair.key, None, "are no certificate with its key"),
        (tmp_path / "none", pair.key, None, "none: No such file"),
        (pair.certificate, pair.key, pair.key, "server.key: "),
    ):
        config = configured(
            tls_certificate=str(certificate), tls_key=str(key),
            tls_client_ca=None if ca is None else str(ca),
        )  # fmt: skip
        with pytest.raises(ConfigError, match=said):
            certificates_of(config)


async def code(address: str, authority: Authority, own: Pair, token: Token | None) -> str:
    """How GetServerInfo ends."""
    credentials = grpc.ssl_channel_credentials(
        authority.ca.read_bytes(), own.key.read_bytes(), own.certificate.read_bytes()
    )
    options = [("grpc.use_local_subchannel_pool", 1)]
    metadata = () if token is None else (("authorization", f"Bearer {token.text}"),)
    async with grpc.aio.secure_channel(address, credentials, options=options) as channel:
        try:
            ask = ExecutionServiceStub(channel).GetServerInfo
            await ask(pb.GetServerInfoRequest(), timeout=20, metadata=metadata)
        except grpc.aio.AioRpcError as error:
            return error.code().name
        return "OK"


async def test_a_certificate_is_a_tenant_and_does_not_lend_itself_to_another(
    tmp_path: Path,
) -> None:
    authority = Authority(tmp_path / "tls")
    tokens = TokenFile(tmp_path)
    drawn = {"alice": Token.draw(), "bob": Token.draw()}
    with tokens.changing() as records:
        for tenant, token in drawn.items():
            records[token.id] = new_record(token, tenant=tenant, now=0.0)
    (tmp_path / "tenants.toml").write_text(
        "[tenants.alice]\ncertificates = ['spiffe://corp/alice', 'alice.example']\n"
    )
    door = TokenDoor(tokens, Tenants(tmp_path))
    held = certificates(authority.issue("127.0.0.1"), authority).server_credentials()
    by_uri = authority.issue_uri("spiffe://corp/alice", file="uri")
    by_name = authority.issue("alice.example", file="name")
    stranger = authority.issue_uri("spiffe://corp/alice2", file="stranger")
    async with served(door, credentials=held) as address:
        for own in (by_uri, by_name):
            assert await code(address, authority, own, None) == "OK"
            assert await code(address, authority, own, drawn["alice"]) == "OK"
            # Two tenants in one call: neither.
            assert await code(address, authority, own, drawn["bob"]) == "UNAUTHENTICATED"
            assert await code(address, authority, own, Token.draw()) == "UNAUTHENTICATED"
        assert await code(address, authority, stranger, None) == "UNAUTHENTICATED"
        assert await code(address, authority, stranger, drawn["bob"]) == "OK"
