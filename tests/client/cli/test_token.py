"""`cloche token`, `cloche login` and `cloche logout`."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import pytest
from cloche.client.logins import find_login, logins_path
from cloche.contract.reason import Reason
from cloche_server.identity.token import Token
from cloche_server.identity.token_file import TokenFile

from tests.client.cli.test_app import run
from tests.client.support.fake_server import FakeService


@pytest.fixture
def access(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.delenv("CLOCHE_ACCESS", raising=False)
    monkeypatch.delenv("CLOCHE_TOKEN", raising=False)
    return tmp_path / "access"


def created(access: Path, capsys: pytest.CaptureFixture[str], *options: str) -> Token:
    assert run("token", "create", "--access", str(access), "--tenant", "alice", *options) == 0
    token = Token.parse(capsys.readouterr().out.rstrip("\n"))
    assert token is not None
    return token


def test_a_token_alone_is_on_stdout_and_is_good(
    access: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = ("--scope", "run", "--scope", "info", "--model", "m", "--expires", "12h")
    token = created(access, capsys, *given, "--budget", "90s", "--note", "nightly")
    record = TokenFile(access).find(token)
    assert record is not None
    assert (record.tenant, record.scopes, record.models) == ("alice", ("run", "info"), ("m",))
    assert record.expires is not None
    assert record.expires - record.created == 12 * 3600
    assert (record.budget_s, record.note) == (90.0, "nightly")


def test_list_shows_all_but_secrets(access: Path, capsys: pytest.CaptureFixture[str]) -> None:
    token = created(access, capsys, "--note", "[red]x")
    assert run("token", "list", "--access", str(access), "--json") == 0
    text = capsys.readouterr().out
    shown = json.loads(text)
    assert shown[token.id]["state"] == "active"
    assert run("token", "list", "--access", str(access)) == 0
    table = capsys.readouterr().out
    assert "[red]x" in table
    for secret in (token.text.split("_")[2], token.digest()):
        assert secret not in text + table


def test_revoke_and_rotate(
    access: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    token = created(access, capsys)
    monkeypatch.setenv("CLOCHE_ACCESS", str(access))
    assert run("token", "rotate", token.id) == 0
    new = Token.parse(capsys.readouterr().out.rstrip("\n"))
    assert new is not None
    assert run("token", "revoke", new.id) == 0
    records = TokenFile(access).all()
    assert [records[each.id].revoked is not None for each in (token, new)] == [True, True]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("create", "--tenant", "a b"), "is no name"),
        (("create", "--tenant", "a", "--scope", "admin"), "scopes are some of"),
        (("create", "--tenant", "a", "--expires", "soon"), "write it as 90s, 15m, 12h or 30d"),
        (("revoke", "nobody"), "there is no token 'nobody'"),
        (("rotate", "nobody"), "there is no token 'nobody'"),
    ],
)
def test_what_cannot_be_meant(
    access: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], said: str
) -> None:
    assert run("token", *words, "--access", str(access)) == 2
    assert said in " ".join(capsys.readouterr().err.replace("│", " ").split())


def test_a_login_is_stored_once_the_server_has_taken_it(
    access: Path, service: FakeService, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = Token.draw().text
    monkeypatch.setattr(sys, "stdin", io.StringIO(token + "\n"))
    assert run("login", "--address", address) == 0
    login = find_login(address)
    assert login is not None
    assert login.token == token
    assert run("logout", "--address", address) == 0
    assert find_login(address) is None


def test_a_token_that_the_server_does_not_take_is_not_stored(
    access: Path,
    service: FakeService,
    address: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    token = Token.draw().text
    service.info_refusal = (Reason.UNAUTHENTICATED, "the token is not known here")
    monkeypatch.setattr(sys, "stdin", io.StringIO(token + "\n"))
    assert run("login", "--address", address) == 5
    said = capsys.readouterr()
    assert "the token is not known here" in said.err
    assert token not in said.err + said.out
    assert not logins_path().exists()
    monkeypatch.setattr(sys, "stdin", io.StringIO(""))
    assert run("login", "--address", address) == 2
