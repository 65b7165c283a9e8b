"""Web tokens: every way in which one is not good, and how seldom keys are asked for."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
import threading
from pathlib import Path
from typing import Any

import jwt
import msgspec
import pytest
from cloche.contract.reason import Reason
from cloche_server.front.service import SERVICE
from cloche_server.identity.door import TokenDoor
from cloche_server.identity.issuer import Issuer, WebTokenFault
from cloche_server.identity.tenants import Tenants
from cloche_server.identity.terms import AllTerms, TermsFault
from cloche_server.identity.token import Token
from cloche_server.identity.token_file import TokenFile
from cloche_server.identity.web_keys import WebKeys, fetch_keys
from cloche_server.identity.web_token import WebTokens
from cloche_server.refusal import Refusal
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

NOW = 1_000_000.0
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
OTHER = rsa.generate_private_key(public_exponent=65537, key_size=2048)
PUBLIC = KEY.public_key().public_bytes(
    serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
)
ISSUER = Issuer(
    issuer="https://ci.example",
    audience="cloche.example",
    keys="https://ci.example/keys",
    claims={"repository": "org/name"},
    tenant="ci",
    scopes=("run",),
)
CLAIMS = {
    "iss": "https://ci.example", "aud": "cloche.example", "sub": "repo:org/name", "iat": NOW - 5,
    "exp": NOW + 300, "repository": "org/name",
}  # fmt: skip


def jwks(**keys: Any) -> bytes:
    found = []
    for name, key in keys.items():
        row = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(key.public_key()))
        found.append({**row, "kid": name, "use": "sig", "alg": "RS256"})
    return json.dumps({"keys": found}).encode()


def signed(key: Any = KEY, *, alg: str = "RS256", kid: str = "k", **claims: Any) -> str:
    kept = {name: value for name, value in {**CLAIMS, **claims}.items() if value is not None}
    return jwt.encode(kept, key, algorithm=alg, headers={"kid": kid})


class Keys:
    """What the provider answers, and how often it was asked, on which threads."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.threads: list[int] = []

    def __call__(self, where: str) -> bytes:
        self.threads.append(threading.get_ident())
        return self.data


class Clock:
    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> float:
        return self.now


def made(data: bytes | None = None) -> tuple[WebTokens, Keys, Clock]:
    keys, clock = Keys(jwks(k=KEY) if data is None else data), Clock()
    return WebTokens(WebKeys(keys, clock), clock), keys, clock


async def fault(tokens: WebTokens, text: str, issuer: Issuer = ISSUER) -> str:
    with pytest.raises(WebTokenFault) as caught:
        await tokens.judge(text, {"ci": issuer})
    assert not text or text[:40] not in str(caught.value)
    return str(caught.value)


async def test_a_good_one_is_its_row_and_is_verified_once() -> None:
    tokens, keys, _ = made()
    text = signed()
    for _ in range(3):
        assert await tokens.judge(text, {"ci": ISSUER}) == (ISSUER, "ci:repo:org/name")
    assert len(keys.threads) == 1
    assert keys.threads[0] != threading.get_ident()  # the loop went on meanwhile


def _unsigned(header: dict[str, str]) -> str:
    def part(value: object) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")

    return f"{part(header)}.{part(CLAIMS)}."


def _hmac_of_the_public_key() -> str:
    """Key confusion: the public key, which everybody knows, taken for a shared secret."""
    head = _unsigned({"alg": "HS256", "kid": "k"}).removesuffix(".")
    mac = hmac.new(PUBLIC, head.encode(), hashlib.sha256).digest()
    return f"{head}.{base64.urlsafe_b64encode(mac).decode().rstrip('=')}"


BAD = {
    "no algorithm": (_unsigned({"alg": "none", "kid": "k"}), "is not signed by RS256"),
    "no algorithm in another case": (_unsigned({"alg": "NoNe", "kid": "k"}), "is not signed by"),
    "key confusion": (_hmac_of_the_public_key(), "is not signed by RS256"),
    "no signature": (_unsigned({"alg": "RS256", "kid": "k"}), "is not good"),
    "another's key": (signed(OTHER), "is not good (InvalidSignatureError)"),
    "a key of nobody's": (signed(kid="x"), "a key that its issuer does not have"),
    "an algorithm that is not listed": (signed(alg="RS512"), "is not signed by RS256"),
    "another audience": (signed(aud="other.example"), "for another audience"),
    "no audience": (signed(aud=None), "is not good (MissingRequiredClaimError)"),
    "audience by its beginning": (signed(aud="cloche.example.evil"), "for another audience"),
    "another issuer": (signed(iss="https://ci.example.evil"), "an issuer that is not taken"),
    "expired": (signed(exp=NOW - 31), "has expired"),
    "without end": (signed(exp=None), "is not good (MissingRequiredClaimError)"),
    "not yet": (signed(iat=NOW + 60), "is not good yet"),
    "not before": (signed(nbf=NOW + 60), "is not good yet"),
    "another repository": (signed(repository="org/other"), "claim 'repository' is not the one"),
    "no repository": (signed(repository=None), "claim 'repository' is not the one"),
    "claims of another kind": (signed(repository=["org/name"]), "claim 'repository'"),
    "no subject": (signed(sub=None), "is not good (MissingRequiredClaimError)"),
    "cut": (signed()[:-9], "the web token is "),
    "no token": ("a.b.c", "is malformed"),
    "nothing": ("", "is malformed"),
}


@pytest.mark.parametrize("name", BAD)
async def test_one_that_is_not_good(name: str) -> None:
    text, said = BAD[name]
    tokens, _, _ = made()
    assert said in await fault(tokens, text)


async def test_its_own_keys_do_not_count() -> None:
    """Keys that a token brings along, or names a place for, are nobody's."""
    tokens, keys, _ = made()
    own = json.loads(jwks(k=OTHER))["keys"][0]
    for header in ({"jwk": own}, {"jku": "https://evil.example/keys"}, {"x5u": "https://evil"}):
        text = jwt.encode(dict(CLAIMS), OTHER, algorithm="RS256", headers={"kid": "k", **header})
        assert "is not good" in await fault(tokens, text)
    assert len(keys.threads) == 1


async def test_a_shared_secret_among_the_keys_is_no_key() -> None:
    data = {"keys": [{"kty": "oct", "kid": "k", "k": base64.urlsafe_b64encode(b"s" * 32).decode()}]}
    tokens, _, _ = made(json.dumps(data).encode())
    assert "a key that its issuer does not have" in await fault(tokens, signed())


async def test_what_was_verified_ends_and_follows_its_row() -> None:
    tokens, _, clock = made()
    text = signed()
    await tokens.judge(text, {"ci": ISSUER})
    other = msgspec.structs.replace(ISSUER, claims={"repository": "org/else"})
    assert "claim 'repository'" in await fault(tokens, text, other)
    assert "an issuer that is not taken" in await fault(
        tokens, text, msgspec.structs.replace(ISSUER, issuer="https://other.example")
    )
    clock.now += 331
    assert "has expired" in await fault(tokens, text)


async def test_unknown_keys_make_it_ask_once_a_minute() -> None:
    tokens, keys, clock = made()
    for number in range(20):
        await fault(tokens, signed(OTHER, kid=f"x{number}"))
    assert len(keys.threads) == 1
    keys.data = jwks(k=KEY, new=OTHER)  # the provider has changed its keys
    await fault(tokens, signed(OTHER, kid="new"))
    clock.now += 61
    assert await tokens.judge(signed(OTHER, kid="new"), {"ci": ISSUER})
    keys.data = b"gone"
    clock.now += 61
    await fault(tokens, signed(OTHER, kid="newer"))
    assert await tokens.judge(signed(exp=NOW + 999), {"ci": ISSUER})  # what was known is known
    assert len(keys.threads) == 3


async def test_many_that_wait_ask_once() -> None:
    tokens, keys, _ = made()
    texts = [signed(sub=str(number)) for number in range(20)]
    await asyncio.gather(*(tokens.judge(text, {"ci": ISSUER}) for text in texts))
    assert len(keys.threads) == 1


async def test_few_wait_for_a_provider_that_is_slow() -> None:
    answered = threading.Event()

    def fetch(where: str) -> bytes:
        answered.wait(30)
        return jwks(k=KEY)

    tokens = WebTokens(WebKeys(fetch, Clock()), Clock())
    texts = [signed(sub=str(number)) for number in range(100)]
    waiting = [asyncio.create_task(tokens.judge(text, {"ci": ISSUER})) for text in texts]
    done, _ = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    answered.set()
    found = await asyncio.gather(*waiting, return_exceptions=True)
    assert done
    assert sum(isinstance(each, WebTokenFault) for each in found) == 36
    assert "too many web tokens wait" in str(found[-1])


def test_keys_in_a_file(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    path.write_bytes(jwks(k=KEY))
    assert fetch_keys(str(path)) == jwks(k=KEY)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"algorithms": ["HS256"]}, "algorithms are some of RS256"),
        ({"algorithms": ["none"]}, "algorithms are some of RS256"),
        ({"algorithms": []}, "algorithms are some of RS256"),
        ({"claims": {}}, "claims is empty: every user of the provider could call"),
        ({"keys": "http://ci.example/keys"}, "give https://"),
        ({"keys": "file:///etc/x"}, "give https://"),
        ({"audience": ""}, "audience is empty"),
        ({"tenant": "a b"}, "its name or its tenant is no name"),
        ({"policy": "gone"}, "there is no policy 'gone'"),
    ],
)
def test_rows_that_would_let_too_many_in(changed: dict[str, object], said: str) -> None:
    row = {**msgspec.to_builtins(ISSUER), **changed}
    lines = [
        f"{name} = {json.dumps(value)}"
        for name, value in row.items()
        if value is not None and name != "claims"
    ]
    claims = [f"{name} = {json.dumps(value)}" for name, value in row["claims"].items()]  # type: ignore[attr-defined]
    text = "\n".join(["[issuers.ci]", *lines, "[issuers.ci.claims]", *claims])
    with pytest.raises(TermsFault, match=said):
        AllTerms.parse(text.encode())


class _Said:
    def __init__(self, text: str) -> None:
        self.peer = "ipv4:192.0.2.1:1"
        self._text = text

    def header(self, name: str) -> tuple[str, ...]:
        return (f"Bearer {self._text}",)

    def certificate_names(self) -> tuple[str, ...]:
        return ()


async def test_the_door_takes_both_kinds(tmp_path: Path) -> None:
    tokens = TokenFile(tmp_path)
    with tokens.changing():
        pass
    (tmp_path / "tenants.toml").write_text(
        "[tenants.ci]\nweight = 2\n[policies.p]\noutput = false\n"
        "[issuers.ci]\nissuer = 'https://ci.example'\naudience = 'cloche.example'\n"
        "keys = 'https://ci.example/keys'\ntenant = 'ci'\nscopes = ['run']\npolicy = 'p'\n"
        "claims = { repository = 'org/name' }\n"
    )
    judge, _, clock = made()
    door = TokenDoor(tokens, Tenants(tmp_path), web_tokens=judge, clock=clock)
    caller = await door.enter(_Said(signed()), f"/{SERVICE.full_name}/Execute")
    assert (caller.tenant, caller.token_id) == ("ci", "ci:repo:org/name")
    assert (caller.scopes, caller.terms.weight, caller.policy.output) == ({"run"}, 2.0, False)
    for text, reason in (
        (signed(aud="x"), Reason.UNAUTHENTICATED),
        (Token.draw().text, Reason.UNAUTHENTICATED),
    ):
        with pytest.raises(Refusal) as caught:
            await door.enter(_Said(text), f"/{SERVICE.full_name}/Execute")
        assert caught.value.reason is reason
    with pytest.raises(Refusal, match="lacks the scope check"):
        await door.enter(_Said(signed()), f"/{SERVICE.full_name}/Check")
    without = TokenDoor(tokens, Tenants(tmp_path), clock=clock)
    with pytest.raises(Refusal, match="takes no web tokens"):
        await without.enter(_Said(signed()), f"/{SERVICE.full_name}/Execute")
