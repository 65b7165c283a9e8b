"""protobuf's numbers, for the large messages that both ends write and read past protobuf."""

from __future__ import annotations


def varint(number: int) -> bytes:
    digits = bytearray()
    while number > 0x7F:
        digits.append(number & 0x7F | 0x80)
        number >>= 7
    digits.append(number)
    return bytes(digits)


def read_varint(data: bytes, at: int) -> tuple[int, int] | None:
    """A number of at most 63 bits, and where it ends."""
    number = 0
    for shift, byte in enumerate(data[at : at + 9]):
        number |= (byte & 0x7F) << 7 * shift
        if byte < 0x80:
            return number, at + shift + 1
    return None
