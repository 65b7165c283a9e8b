"""A digest of memory on a device that only who has the key can foretell, at the memory's own speed.

The bytes, as rows of a matrix, are multiplied by a secret one: exact in int32, since 4096 products
of two int8 stay below 2**31. Who does not know the key cannot change two places so that they
balance.
"""

from __future__ import annotations

import hashlib
from typing import Any, Final

import torch

_ROW: Final = 4096
_COLUMNS: Final = 16
#: Of a key.
KEY_BYTES: Final = _ROW * _COLUMNS
_torch: Any = torch


def digest(data: torch.Tensor, key: bytes) -> bytes:
    """Returns 32 bytes.

    Args:
        data: uint8, a whole number of rows of 4096, on any device; read only.
        key: `KEY_BYTES` random bytes.

    Raises:
        ValueError: data or key of another length.
    """
    if data.numel() % _ROW or len(key) != KEY_BYTES:
        raise ValueError(f"{data.numel()} bytes and a key of {len(key)}; see KEY_BYTES")
    secret = torch.frombuffer(bytearray(key), dtype=torch.int8).view(_ROW, _COLUMNS)
    product = _torch._int_mm(data.view(torch.int8).view(-1, _ROW), secret.to(data.device))
    return hashlib.blake2b(product.cpu().numpy().data, digest_size=32).digest()
