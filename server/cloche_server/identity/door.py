"""The door: who an RPC is from, and whether it may, before anything of it is read.

Holds: digests of tokens. Never: a token for longer than it takes to look it up. A caller is told
more about its token only where the token is right.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from typing import Final, Protocol

import msgspec
from cloche.contract.status import Reason
from cloche.v1 import execution_pb2 as pb
from grpc_health.v1 import health_pb2

from cloche_server.identity.caller import ANYBODY, Caller
from cloche_server.identity.failures import Failures
from cloche_server.identity.issuer import Issuer, WebTokenFault
from cloche_server.identity.policy import Policy
from cloche_server.identity.scopes import NEEDED, Scope
from cloche_server.identity.tenants import Tenants
from cloche_server.identity.terms import AllTerms
from cloche_server.identity.token import PREFIX, Token
from cloche_server.identity.token_file import TokenFile
from cloche_server.refusal import Refusal

_log = logging.getLogger(__name__)

_SCHEME: Final = "bearer "
# A JSON Web Token of a CI job takes two; gRPC takes headers of 16 KiB in all.
_LONGEST: Final = 8 << 10
_HEALTH: Final = health_pb2.DESCRIPTOR.services_by_name["Health"].full_name
_SERVICE: Final = pb.DESCRIPTOR.services_by_name["ExecutionService"]
_WANTED: Final = (
    "this server wants a token: give token=..., or set CLOCHE_TOKEN, or use `cloche login`"
)
_UNKNOWN: Final = "the token is not known here, or was changed on its way"
_RETRY_AFTER_S: Final = 1.0


class Asking(Protocol):
    """What the door sees of an RPC."""

    @property
    def peer(self) -> str: ...

    def header(self, name: str) -> tuple[str, ...]:
        """Every value of a header that came, in its order."""
        ...

    def certificate_names(self) -> tuple[str, ...]:
        """URIs and DNS names in the caller's certificate, which TLS has verified; none without."""
        ...


class Door(Protocol):
    """Whom it lets in."""

    async def enter(self, rpc: Asking, method: str) -> Caller:
        """Args: method: its full name. Raises Refusal."""
        ...


class WebTokenJudge(Protocol):
    """What knows web tokens, where PyJWT is installed."""

    async def judge(self, text: str, issuers: Mapping[str, Issuer]) -> tuple[Issuer, str]:
        """The row that it is of, and a name for logs. Raises WebTokenFault."""
        ...


class OpenDoor:
    """Asks nobody: for addresses that only this machine's users reach."""

    async def enter(self, rpc: Asking, method: str) -> Caller:
        return ANYBODY


class TokenDoor:
    """Wants a token, or a certificate of a tenant's, for everything but the health service."""

    def __init__(
        self,
        tokens: TokenFile,
        tenants: Tenants,
        failures: Failures | None = None,
        web_tokens: WebTokenJudge | None = None,
        *,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._tokens = tokens
        self._tenants = tenants
        self._clock = clock
        self._web_tokens = web_tokens
        self._failures = Failures() if failures is None else failures
        # Fails where the contract has a method that nobody has decided on.
        self._needed: Mapping[str, frozenset[Scope]] = {
            f"/{_SERVICE.full_name}/{each.name}": NEEDED[each.name] for each in _SERVICE.methods
        }

    async def enter(self, rpc: Asking, method: str) -> Caller:
        if method.startswith(f"/{_HEALTH}/"):
            return ANYBODY
        try:
            caller = await self._known(rpc)
            self._require_scopes(caller, method)
        except Refusal as refusal:
            self._failures.note(rpc.peer, str(refusal))
            raise
        return caller

    async def _known(self, rpc: Asking) -> Caller:
        """Raises Refusal."""
        terms = self._tenants.now()
        certified = terms.certified(rpc.certificate_names()) if terms.any_certified else None
        if certified is not None and not rpc.header("authorization"):
            return Caller(
                tenant=certified,
                terms=terms.of(certified),
                policy=terms.policy_of_tenant(certified),
            )
        text = _bearer(rpc)
        if terms.issuers and not text.startswith(PREFIX):
            caller = await self._of_web_token(text, terms)
        else:
            caller = self._of_token(text, terms)
        if certified not in (None, caller.tenant):
            raise _unauthenticated("the token and the certificate are of two tenants; give one")
        return caller

    def _of_token(self, text: str, terms: AllTerms) -> Caller:
        """Raises Refusal."""
        token = Token.parse(text)
        if token is None:
            raise _unauthenticated(_UNKNOWN)
        try:
            record = self._tokens.find(token)
        except (OSError, msgspec.MsgspecError) as error:
            _log.error("the tokens cannot be read: %s", error)
            raise Refusal(
                Reason.NOT_READY,
                "the server cannot read who may call; its operator finds why in its log",
                retry_after_s=_RETRY_AFTER_S,
            ) from None
        if record is None:
            raise _unauthenticated(_UNKNOWN)
        now = self._clock()
        if not record.is_active(now):
            raise _unauthenticated(
                f"the token {token.id} was {record.state(now)}; ask the server's operator for "
                "another"
            )
        return Caller(
            tenant=record.tenant,
            token_id=token.id,
            scopes=frozenset(record.scopes),
            models=None if record.models is None else frozenset(record.models),
            terms=terms.of(record.tenant),
            account=record.account or token.id,
            budget_s=record.budget_s,
            policy=_policy(terms, record.tenant, record.policy),
        )

    async def _of_web_token(self, text: str, terms: AllTerms) -> Caller:
        """Raises Refusal."""
        if self._web_tokens is None:
            _log.error("issuers are listed, and PyJWT is not there: pip install 'cloche[oidc]'")
            raise _unauthenticated("this server takes no web tokens; its log says why")
        try:
            issuer, name = await self._web_tokens.judge(text, terms.issuers)
        except WebTokenFault as fault:
            raise _unauthenticated(str(fault)) from None
        return Caller(
            tenant=issuer.tenant,
            token_id=name,
            scopes=frozenset(issuer.scopes),
            models=None if issuer.models is None else frozenset(issuer.models),
            terms=terms.of(issuer.tenant),
            policy=_policy(terms, issuer.tenant, issuer.policy),
        )

    def _require_scopes(self, caller: Caller, method: str) -> None:
        lacking = sorted(self._needed.get(method, frozenset()) - caller.scopes)
        if lacking:
            raise Refusal(
                Reason.FORBIDDEN,
                f"the token {caller.token_id} is not for this: it lacks the scope "
                f"{', '.join(lacking)} and has {', '.join(sorted(caller.scopes))}",
                field="token",
            )


def _bearer(rpc: Asking) -> str:
    """The token that came, whatever it is. Raises Refusal unless exactly one did."""
    given = rpc.header("authorization")
    if not given:
        raise _unauthenticated(_WANTED)
    # Two are somebody's trick: a proxy and this server might each believe another one.
    if len(given) > 1:
        raise _unauthenticated("the call has more than one authorization header; send one")
    (value,) = given
    if value[: len(_SCHEME)].lower() != _SCHEME or len(value) > _LONGEST:
        raise _unauthenticated(
            f"the authorization header must be 'Bearer ' and a token, such as {PREFIX}..."
        )
    return value[len(_SCHEME) :]


def _policy(terms: AllTerms, tenant: str, name: str | None) -> Policy:
    """Raises Refusal where the token's is not there: without it, it would have too much."""
    found = terms.policy(tenant, name)
    if found is None:
        raise Refusal(
            Reason.FORBIDDEN,
            f"the token has the policy {name!r}, which the server does not have (any more); ask "
            "its operator",
            field="token",
        )
    return found


def _unauthenticated(text: str) -> Refusal:
    return Refusal(Reason.UNAUTHENTICATED, text, field="token")
