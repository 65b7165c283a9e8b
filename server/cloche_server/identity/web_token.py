"""Web tokens (JWT) of providers that the operator lists: signature, issuer, audience, time, claims.

Nothing in a token chooses how it is judged: its issuer picks a row of `tenants.toml`, and that row
says which algorithms, keys, audience and claims. A token that was seen is not verified again until
it expires; what it may is what the row says now.
"""

from __future__ import annotations

import hashlib
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import Any, Final

import jwt

from cloche_server.fitting import one_line
from cloche_server.identity.issuer import Issuer, WebTokenFault
from cloche_server.identity.web_keys import WebKeys

_SEEN: Final = 1024
_LEEWAY_S: Final = 30.0
_REQUIRED: Final = ("exp", "iat", "iss", "aud", "sub")


class WebTokens:
    """For one loop."""

    def __init__(self, keys: WebKeys, clock: Callable[[], float] = time.time) -> None:
        self._keys = keys
        self._clock = clock
        # By the token's SHA-256: the issuer's row that it was verified by, its name, its end.
        self._seen: OrderedDict[bytes, tuple[Issuer, str, float]] = OrderedDict()

    async def judge(self, text: str, issuers: Mapping[str, Issuer]) -> tuple[Issuer, str]:
        """The row that it is of, and a name for logs. Raises WebTokenFault."""
        digest = hashlib.sha256(text.encode()).digest()
        seen = self._seen.get(digest)
        if seen is not None and seen[0] in issuers.values():
            self._seen.move_to_end(digest)
            if self._clock() >= seen[2]:
                raise WebTokenFault("the web token has expired")
            return seen[0], seen[1]
        name, issuer = _row(text, issuers)
        claims = await self._verified(text, issuer)
        told = f"{name}:{one_line(str(claims['sub']), 100)}"
        self._seen[digest] = (issuer, told, float(claims["exp"]) + _LEEWAY_S)
        while len(self._seen) > _SEEN:
            self._seen.popitem(last=False)
        return issuer, told

    async def _verified(self, text: str, issuer: Issuer) -> dict[str, Any]:
        try:
            header = jwt.get_unverified_header(text)
        except jwt.PyJWTError:
            raise WebTokenFault("the web token is malformed") from None
        if header.get("alg") not in issuer.algorithms:
            raise WebTokenFault(f"the web token is not signed by {' or '.join(issuer.algorithms)}")
        key = await self._keys.find(issuer.keys, str(header.get("kid", "")))
        if key is None:
            raise WebTokenFault("the web token is signed by a key that its issuer does not have")
        try:
            claims: dict[str, Any] = jwt.decode(
                text,
                key.key,
                algorithms=list(issuer.algorithms),
                audience=issuer.audience,
                issuer=issuer.issuer,
                leeway=_LEEWAY_S,
                # Its times are looked at by our clock, below.
                options={"require": list(_REQUIRED), "verify_exp": False, "verify_iat": False},
            )
        except jwt.InvalidAudienceError:
            raise WebTokenFault("the web token is for another audience") from None
        except (jwt.PyJWTError, ValueError, TypeError) as error:
            # The kind alone: a message may quote the token.
            raise WebTokenFault(f"the web token is not good ({type(error).__name__})") from None
        self._require_now(claims)
        for name, wanted in issuer.claims.items():
            if claims.get(name) != wanted:
                raise WebTokenFault(f"the web token's claim {name!r} is not the one that is taken")
        return claims

    def _require_now(self, claims: Mapping[str, Any]) -> None:
        now = self._clock()
        times = [claims["exp"], claims["iat"], claims.get("nbf", claims["iat"])]
        if not all(isinstance(each, (int, float)) for each in times):
            raise WebTokenFault("the web token's times are no numbers")
        if times[0] + _LEEWAY_S <= now:
            raise WebTokenFault("the web token has expired")
        if max(times[1:]) - _LEEWAY_S > now:
            raise WebTokenFault("the web token is not good yet")


def _row(text: str, issuers: Mapping[str, Issuer]) -> tuple[str, Issuer]:
    """Which row its issuer is; nothing else of it is believed."""
    try:
        claims = jwt.decode(text, options={"verify_signature": False})
    except (jwt.PyJWTError, ValueError):
        raise WebTokenFault("the web token is malformed") from None
    audience = claims.get("aud")
    for name, issuer in issuers.items():
        audiences = audience if isinstance(audience, list) else [audience]
        matches = all(claims.get(key) == value for key, value in issuer.claims.items())
        if claims.get("iss") == issuer.issuer and matches and issuer.audience in audiences:
            return name, issuer
    for name, issuer in issuers.items():
        if claims.get("iss") == issuer.issuer:
            return name, issuer
    raise WebTokenFault("the web token is of an issuer that is not taken here")
