"""Tokens are changed by one process and seen by another."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import msgspec
import pytest
from cloche_server.identity import token_file
from cloche_server.identity.token import Token
from cloche_server.identity.token_file import TokenFile
from cloche_server.identity.token_record import TokenFault, new_record


def _added(folder: Path, **given: object) -> Token:
    token = Token.draw()
    with TokenFile(folder).changing() as records:
        records[token.id] = new_record(token, tenant="a", now=0.0, **given)  # type: ignore[arg-type]
    return token


def test_a_reader_sees_what_another_has_written(tmp_path: Path) -> None:
    first = _added(tmp_path)
    reader = TokenFile(tmp_path)
    assert reader.find(first) is not None
    second = _added(tmp_path)
    assert reader.find(second) is not None
    with TokenFile(tmp_path).changing() as records:
        token_file.revoke(records, first.id, at=5.0)
    found = reader.find(first)
    assert found is not None
    assert not found.is_active(5.0)


def test_changes_within_one_tick_are_seen(tmp_path: Path) -> None:
    reader = TokenFile(tmp_path)
    for _ in range(50):
        token = _added(tmp_path)
        assert reader.find(token) is not None


def test_no_secret_is_in_the_file_and_nobody_else_may_open_it(tmp_path: Path) -> None:
    token = _added(tmp_path / "access")
    path = TokenFile(tmp_path / "access").path
    assert token.text.split("_")[2] not in path.read_text()
    assert os.stat(path).st_mode & 0o077 == 0
    assert os.stat(path.parent).st_mode & 0o077 == 0


def test_right_id_with_wrong_secret_is_not_found(tmp_path: Path) -> None:
    token = _added(tmp_path)
    wrong = Token.parse(f"clk_{token.id}_{Token.draw().text.split('_')[2]}")
    assert wrong is not None
    reader = TokenFile(tmp_path)
    assert reader.find(wrong) is None
    assert reader.find(Token.draw()) is None


def test_a_file_that_is_damaged_lets_nobody_in(tmp_path: Path) -> None:
    token = _added(tmp_path)
    reader = TokenFile(tmp_path)
    assert reader.find(token) is not None
    reader.path.write_text('{"a": {"tenant": "x"}}')
    for _ in range(2):
        with pytest.raises(msgspec.MsgspecError):
            reader.find(token)
    reader.path.unlink()
    with pytest.raises(OSError, match="No such file"):
        reader.find(token)


def test_two_writers_lose_nothing(tmp_path: Path) -> None:
    threads = [
        threading.Thread(target=lambda: [_added(tmp_path) for _ in range(10)]) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(TokenFile(tmp_path).all()) == 40


def test_a_change_that_fails_changes_nothing(tmp_path: Path) -> None:
    _added(tmp_path)
    before = TokenFile(tmp_path).path.read_bytes()

    def change() -> None:
        with TokenFile(tmp_path).changing() as records:
            records.clear()
            token_file.revoke(records, "nobody", at=0.0)

    with pytest.raises(TokenFault):
        change()
    assert TokenFile(tmp_path).path.read_bytes() == before
    assert sorted(os.listdir(tmp_path)) == [".lock", "tokens.json"]


def test_a_rotated_token_has_the_same_rights_and_budget(tmp_path: Path) -> None:
    old = _added(tmp_path, scopes=["run"], budget_s=60.0)
    with TokenFile(tmp_path).changing() as records:
        new = token_file.rotate(records, old.id, now=10.0, grace_s=5.0)
    with TokenFile(tmp_path).changing() as records:
        newer = token_file.rotate(records, new.id, now=11.0, grace_s=0.0)
    records = dict(TokenFile(tmp_path).all())
    assert [records[each.id].is_active(12.0) for each in (old, new, newer)] == [True, False, True]
    assert not records[old.id].is_active(15.0)
    assert {records[each.id].scopes for each in (old, new, newer)} == {("run",)}
    assert (records[new.id].account, records[newer.id].account) == (old.id, old.id)
    with pytest.raises(TokenFault, match="was revoked"):
        token_file.rotate(records, new.id, now=12.0, grace_s=0.0)


def test_a_token_is_never_revoked_later_than_before(tmp_path: Path) -> None:
    token = _added(tmp_path)
    with TokenFile(tmp_path).changing() as records:
        token_file.revoke(records, token.id, at=5.0)
        token_file.revoke(records, token.id, at=9.0)
        assert records[token.id].revoked == 5.0
