"""Read a tenant's terms from `tenants.toml`; they narrow the server's own limits.

Nothing that a call says chooses any of it.
"""

from __future__ import annotations

import dataclasses
import math
import tomllib
from typing import TYPE_CHECKING, Final

import msgspec
from cloche.contract.config import CAPS, Limits

from cloche_server.identity.issuer import Issuer, IssuerFault
from cloche_server.identity.policy import EVERYTHING, Policy, PolicyFault
from cloche_server.identity.spending import LONGEST_S
from cloche_server.identity.token_record import TENANT
from cloche_server.share import Share

if TYPE_CHECKING:
    from limits import RateLimitItem


class TermsFault(ValueError):
    """Terms that cannot be meant; the message says whose, and what is wrong."""


class Terms(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Of one tenant. None: no bound but the server's.

    `rate` is calls and `budget` seconds of model time, as "600/minute" and "3600/day";
    `certificates` are names in certificates that authenticate it: SPIFFE ids, DNS names.
    """

    weight: float = 1.0
    concurrent_calls: int | None = None
    queued_calls: int | None = None
    rate: str | None = None
    budget: str | None = None
    timeout_max_s: float | None = None
    memory_max_bytes: int | None = None
    memory_total_bytes: int | None = None
    result_max_bytes: int | None = None
    output_max_bytes: int | None = None
    models: tuple[str, ...] | None = None
    certificates: tuple[str, ...] = ()
    policy: str | None = None

    def __post_init__(self) -> None:
        if not (math.isfinite(self.weight) and 0.001 <= self.weight <= 1000):
            raise TermsFault(f"weight is {self.weight:g}; it must be from 0.001 to 1000")
        for name in _COUNTS:
            value = getattr(self, name)
            if value is not None and not (math.isfinite(value) and value > 0):
                raise TermsFault(f"{name} is {value:g}; it must be above 0")
        for name, text in (("rate", self.rate), ("budget", self.budget)):
            if text is not None:
                quota(name, text)

    @property
    def share(self) -> Share:
        """Of each model's slots and queue."""
        return Share(
            weight=self.weight,
            most_running=self.concurrent_calls,
            most_waiting=self.queued_calls,
            most_memory_bytes=self.memory_total_bytes,
        )

    def within(self, limits: Limits) -> Limits:
        """The server's limits, narrowed: never more than they were."""
        changes: dict[str, float] = {}
        for most, default in CAPS.items():
            own = getattr(self, most)
            if most == "memory_max_bytes" and self.memory_total_bytes is not None:
                # One call may have no more than all together.
                own = min(self.memory_total_bytes, limits.memory_max_bytes if own is None else own)
            if own is not None:
                changes[most] = min(own, getattr(limits, most))
                changes[default] = min(own, getattr(limits, default))
        return dataclasses.replace(limits, **changes) if changes else limits  # type: ignore[arg-type]


_COUNTS: Final = (
    "concurrent_calls", "queued_calls", "timeout_max_s", "memory_max_bytes",
    "memory_total_bytes", "result_max_bytes", "output_max_bytes",
)  # fmt: skip
#: Of a tenant that the file does not name.
USUAL: Final = Terms()


def quota(name: str, text: str) -> RateLimitItem:
    """So much in so long. Raises TermsFault for what is neither."""
    # Its import takes 20 ms, for servers without quotas too.
    from limits import parse

    try:
        found = parse(text)
    except ValueError:
        raise TermsFault(
            f"{name} is {text!r}; write it as 600/minute, 10/second or 3600/day"
        ) from None
    if found.amount < 1:
        raise TermsFault(f"{name} is {text!r}; it must allow something")
    if found.get_expiry() > LONGEST_S:
        raise TermsFault(f"{name} is {text!r}; it must be for a month at most")
    return found


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    tenants: dict[str, dict[str, object]] = {}
    policies: dict[str, dict[str, object]] = {}
    issuers: dict[str, dict[str, object]] = {}


@dataclasses.dataclass(frozen=True)
class AllTerms:
    """Of every tenant that has some, by its name."""

    by_tenant: dict[str, Terms]
    policies: dict[str, Policy] = dataclasses.field(default_factory=dict)
    issuers: dict[str, Issuer] = dataclasses.field(default_factory=dict)

    @classmethod
    def parse(cls, text: bytes) -> AllTerms:
        """Raises TermsFault."""
        try:
            file = msgspec.convert(tomllib.loads(text.decode()), _File)
        except (tomllib.TOMLDecodeError, UnicodeDecodeError, msgspec.ValidationError) as error:
            raise TermsFault(str(error)) from None
        found: dict[str, Terms] = {}
        for name, fields in file.tenants.items():
            if not TENANT.fullmatch(name):
                raise TermsFault(f"{name!r} is no tenant's name")
            try:
                found[name] = msgspec.convert(fields, Terms)
            except (TermsFault, msgspec.ValidationError) as error:
                raise TermsFault(f"tenants.{name}: {error}") from None
        policies: dict[str, Policy] = {}
        for name, fields in file.policies.items():
            try:
                policies[name] = msgspec.convert(fields, Policy)
            except (PolicyFault, msgspec.ValidationError) as error:
                raise TermsFault(f"policies.{name}: {error}") from None
        issuers: dict[str, Issuer] = {}
        for name, fields in file.issuers.items():
            try:
                issuers[name] = msgspec.convert(fields, Issuer)
            except (IssuerFault, msgspec.ValidationError) as error:
                raise TermsFault(f"issuers.{name}: {error}") from None
            if not TENANT.fullmatch(name) or not TENANT.fullmatch(issuers[name].tenant):
                raise TermsFault(f"issuers.{name}: its name or its tenant is no name")
            policy = issuers[name].policy
            if policy is not None and policy not in policies:
                raise TermsFault(f"issuers.{name}: there is no policy {policy!r}")
        for tenant, terms in found.items():
            if terms.policy is not None and terms.policy not in policies:
                raise TermsFault(f"tenants.{tenant}: there is no policy {terms.policy!r}")
        certified = [each for terms in found.values() for each in terms.certificates]
        twice = next((each for each in certified if certified.count(each) > 1), None)
        if twice is not None:
            raise TermsFault(f"the certificate name {twice!r} is two tenants'")
        return cls(found, policies, issuers)

    @property
    def any_certified(self) -> bool:
        """Whether certificates authenticate anybody."""
        return any(terms.certificates for terms in self.by_tenant.values())

    def of(self, tenant: str) -> Terms:
        """Those of a tenant without any are the server's own."""
        return self.by_tenant.get(tenant, USUAL)

    def policy(self, tenant: str, also: str | None) -> Policy | None:
        """The tenant's, and what the token's lets pass of it; None: the token's is not there."""
        own = self.policy_of_tenant(tenant)
        if also is None:
            return own
        found = self.policies.get(also)
        return None if found is None else own.with_(found)

    def policy_of_tenant(self, tenant: str) -> Policy:
        """What holds for all its tokens."""
        name = self.of(tenant).policy
        return EVERYTHING if name is None else self.policies[name]

    def certified(self, names: tuple[str, ...]) -> str | None:
        """The one tenant that a certificate of these names is; None: nobody's, or two tenants'."""
        found = {
            tenant
            for tenant, terms in self.by_tenant.items()
            if not set(names).isdisjoint(terms.certificates)
        }
        return found.pop() if len(found) == 1 else None
