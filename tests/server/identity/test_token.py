"""What a token is, and what is kept of it."""

from __future__ import annotations

import hashlib

import pytest
from cloche_server.identity.token import Token
from cloche_server.identity.token_record import TokenFault, new_record


def test_a_token_is_its_id_and_a_secret_of_256_bits() -> None:
    token = Token.draw()
    prefix, token_id, secret = token.text.split("_")
    assert (prefix, token_id) == ("clk", token.id)
    assert len(secret) * 5 >= 256
    assert Token.parse(token.text) == token
    assert len({Token.draw().text for _ in range(100)}) == 100


@pytest.mark.parametrize(
    "text",
    ["", "clk_", "clk_a_b", "x" + Token.draw().text, Token.draw().text + "\n", "clk_" + "a" * 69],
    ids=["empty", "prefix", "short", "before", "after", "one part"],
)
def test_what_has_another_shape_is_no_token(text: str) -> None:
    assert Token.parse(text) is None


def test_what_is_kept_is_the_digest_of_the_whole() -> None:
    token, other = Token.draw(), Token.draw()
    assert token.digest() == hashlib.sha256(token.text.encode()).hexdigest()
    assert token.matches(token.digest())
    assert not token.matches(other.digest())
    mixed = Token.parse(f"clk_{token.id}_{other.text.split('_')[2]}")
    assert mixed is not None
    assert not mixed.matches(token.digest())


def test_it_shows_no_secret() -> None:
    token = Token.draw()
    assert token.text.split("_")[2] not in f"{token!r} {token}"


def test_a_record_is_good_until_it_expires_or_is_revoked() -> None:
    record = new_record(Token.draw(), tenant="a", lives_s=10, now=100.0)
    assert record.state(109.9) == "active"
    assert record.state(110.0).startswith("expired at 1970-01-01 00:01:50 UTC")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"tenant": ""}, "the tenant '' is no name"),
        ({"tenant": "ipv4:1.2.3.4:5"}, "is no name"),
        ({"tenant": "a\nb"}, "is no name"),
        ({"tenant": "a", "scopes": ["run", "admin"]}, "scopes are some of run, check"),
        ({"tenant": "a", "scopes": []}, "scopes are some of"),
        ({"tenant": "a", "lives_s": 0}, "the lifetime is 0 s"),
        ({"tenant": "a", "budget_s": -1}, "the budget is -1 s"),
    ],
)
def test_what_cannot_be_meant_is_refused(given: dict[str, object], said: str) -> None:
    with pytest.raises(TokenFault, match=said):
        new_record(Token.draw(), now=0.0, **given)  # type: ignore[arg-type]
