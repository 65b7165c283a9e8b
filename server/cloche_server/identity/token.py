"""Opaque tokens: `clk_<id>_<secret>`. The id may be told and logged; the secret is its holder's.

The prefix lets scanners of secrets find one that was published. What is kept of a token is its
SHA-256: a secret of 256 bits needs no slow hash, as nobody can guess one.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass
from typing import Final

PREFIX: Final = "clk_"
_ID_BYTES: Final = 10
_SECRET_BYTES: Final = 32
_SHAPE: Final = re.compile(r"clk_(?P<id>[a-z2-7]{16})_[a-z2-7]{52}")


@dataclass(frozen=True)
class Token:
    """A token that was presented or drawn."""

    text: str

    @classmethod
    def draw(cls) -> Token:
        return cls(f"{PREFIX}{_random(_ID_BYTES)}_{_random(_SECRET_BYTES)}")

    @classmethod
    def parse(cls, text: str) -> Token | None:
        """None for what has another shape."""
        return cls(text) if _SHAPE.fullmatch(text) else None

    @property
    def id(self) -> str:
        return self.text.split("_")[1]

    def digest(self) -> str:
        """Of id and secret together: neither is worth anything with another's other half."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    def matches(self, digest: str) -> bool:
        """In a time that does not depend on how much of it is right."""
        return hmac.compare_digest(self.digest(), digest)

    def __repr__(self) -> str:
        return f"<Token {self.id}>"


def _random(count: int) -> str:
    """Lower case letters and digits, which no shell, URL or header changes."""
    return base64.b32encode(secrets.token_bytes(count)).decode().rstrip("=").lower()
