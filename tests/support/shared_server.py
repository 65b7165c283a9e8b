"""A server as an operator shares it: beyond loopback, with TLS, tokens and an audit log."""

from __future__ import annotations

import contextlib
import dataclasses
import time
from collections.abc import Iterator
from pathlib import Path

from cloche import InterpClient
from cloche.contract.config import ServerConfig
from cloche_server.identity.token import Token
from cloche_server.identity.token_file import TokenFile
from cloche_server.identity.token_record import new_record

from tests.support.certificates import Authority
from tests.support.server import START_S, RunningServer, free_port, start_server
from tests.support.waiting import wait_until


@dataclasses.dataclass(frozen=True)
class SharedServer:
    """`record` is where its audit log is."""

    running: RunningServer
    tokens: TokenFile
    authority: Authority
    record: Path

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.running.address.rpartition(':')[2]}"

    def draw(self, tenant: str = "alice", **given: object) -> Token:
        token = Token.draw()
        with self.tokens.changing() as records:
            records[token.id] = new_record(token, tenant=tenant, now=time.time(), **given)  # type: ignore[arg-type]
        return token

    def write_terms(self, text: str) -> None:
        (self.tokens.path.parent / "tenants.toml").write_text(text)

    def client(self, token: Token | None) -> InterpClient:
        text = None if token is None else token.text
        return InterpClient(address=self.address, token=text, tls=self.authority.ca, progress=False)


@contextlib.contextmanager
def shared_server(config: ServerConfig, folder: Path) -> Iterator[SharedServer]:
    """Waits until its model is loaded."""
    authority = Authority(folder / "tls")
    pair = authority.issue("127.0.0.1", "localhost")
    tokens = TokenFile(folder / "access")
    with tokens.changing():
        pass
    config = dataclasses.replace(
        config,
        access=str(folder / "access"),
        record=str(folder / "record"),
        tls_certificate=str(pair.certificate),
        tls_key=str(pair.key),
    )
    running = start_server(config, folder, listen=f"0.0.0.0:{free_port()}")
    made = SharedServer(running, tokens, authority, folder / "record")
    try:
        with made.client(made.draw()) as client:
            wait_until(lambda: client.info().state == "ready", START_S, running.log)
        yield made
    finally:
        running.hang_up()
        running.process.wait(60)
