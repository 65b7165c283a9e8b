"""What no decoder takes, by name."""

from __future__ import annotations

from tests.vectors.reference import elements, extension, nested


def refused() -> dict[str, tuple[str, bytes]]:
    """Name → why, bytes. No decoder takes them."""

    def of(digits: str) -> bytes:
        return bytes.fromhex(digits)

    zero = elements(2, "float32", [0], b"")
    short = "the bytes end before the value does"
    shape = "a shape holds at most 64 whole numbers from 0, each below 2^48"
    size = "the elements are not as many as the shape says"
    items = "a tuple or set holds one array"
    record = "a record holds a type's name, its fields' names, and as many values"
    named = "a named value holds the name of a kind and its items"
    header = "a header is [dtype, shape]"
    real = "a complex number takes 16 bytes"
    key = "lists, maps, sets and arrays are neither keys nor items of sets"
    return {
        "nothing": (short, b""),
        "a text cut short": (short, of("a3 61 62")),
        "bytes cut short": (short, of("c4 05 61")),
        "a list cut short": (short, of("93 01 02")),
        "a list that claims four thousand million items": (short, of("dd ffffffff 01")),
        "a map cut short": (short, of("81 01")),
        "a float cut short": (short, of("cb 3ff000")),
        "an extension cut short": (short, of("c7 05 03 91")),
        "two values": ("bytes are left over after the value", of("01 02")),
        "the byte that msgpack never uses": ("0xc1 starts no value", of("91 c1")),
        "a text that is no UTF-8": ("a str is UTF-8", of("a1 ff")),
        "half a character": ("a str is UTF-8", of("a3 eda080")),
        "extension 0": ("no such extension", extension(0, b"x")),
        "extension 12": ("no such extension", extension(12, b"\x01")),
        "extension 127": ("no such extension", extension(127, b"")),
        "extension -2": ("no such extension", of("d4 fe 01")),
        "a complex number of 15 bytes": (real, extension(4, bytes(15))),
        "a complex number of 24 bytes": (real, extension(4, bytes(24))),
        "a big int without bytes": ("a big int takes one byte at least", extension(5, b"")),
        "a tuple of nothing": (items, extension(3, b"")),
        "a tuple that is an int": (items, extension(3, b"\x07")),
        "a tuple of two arrays": (items, extension(3, b"\x91\x01\x91\x01")),
        "a set that is a map": (items, extension(6, b"\x81\x01\x02")),
        "a frozenset cut short": (items, extension(7, b"\x92\x01")),
        "a record of nothing": (record, extension(9, b"\x90")),
        "a record that is a map": (record, extension(9, b"\x80")),
        "a record whose type is a number": (record, extension(9, b"\x91\x01")),
        "a record with a name and no value": (record, extension(9, b"\x92\xa1R\xa1a")),
        "a record with a field that is a number": (record, extension(9, b"\x93\xa1R\x01\x02")),
        "a record that names a field twice": (
            "a record names each of its fields once",
            extension(9, b"\x95\xa1R\xa1a\xa1a\x01\x02"),
        ),
        "a record tuple that is an int": (record, extension(10, b"\x07")),
        "a named value of nothing": (named, extension(11, b"\x90")),
        "a named value whose kind is a number": (named, extension(11, b"\x91\x01")),
        "a named value of no kind": (named, extension(11, b"\x91\xa6object")),
        "a list in a record as a key": (
            key, b"\x81" + extension(9, b"\x93\xa1R\xa1a\x90") + b"\x01",
        ),
        "a list in a set": (key, extension(6, b"\x91\x90")),
        "a set in a frozenset": (key, extension(7, b"\x91" + extension(6, b"\x90"))),
        "an array in a set": (key, extension(6, b"\x91" + zero)),
        "a list as a key": (key, of("81 90 01")),
        "a map as a key": (key, of("81 80 01")),
        "a set as a key": (key, b"\x81" + extension(6, b"\x90") + b"\x01"),
        "an array as a key": (key, b"\x81" + zero + b"\x01"),
        "a list in a tuple as a key": (key, b"\x81" + extension(3, b"\x91\x90") + b"\x01"),
        "a time of three bytes": ("a timestamp takes 4, 8 or 12 bytes", of("c7 03 ff 000000")),
        "a time with a thousand million nanoseconds": (
            "nanoseconds end at 999999999", of("c7 0c ff 3b9aca00 0000000000000000"),
        ),
        "a tensor of nothing": ("an array has a header", extension(1, b"")),
        "a header cut short": ("an array has a header", extension(1, b"\x00\x20\x92")),
        "a header with something after it": (header, extension(1, b"\x00\x02\x90\x90")),
        "a header that is a map": (header, extension(1, b"\x00\x01\x80")),
        "a header of three": (header, extension(1, b"\x00\x09\x93\xa5uint8\x90\xc0")),
        "a dtype that is a number": (header, elements(1, 7, [0], b"")),
        "a dtype of nowhere": ("no such dtype", elements(1, "float33", [1], bytes(4))),
        "a dtype by another name": ("no such dtype", elements(1, "torch.float32", [1], bytes(4))),
        "a shape that is a number": (shape, elements(2, "uint8", 2, bytes(2))),
        "a negative length": (shape, elements(2, "uint8", [-1], b"")),
        "a length that is true": (shape, elements(2, "uint8", [True], b"\x01")),
        "a length of 2^48": (shape, elements(2, "uint8", [2**48, 0], b"")),
        "65 dimensions": (shape, elements(2, "uint8", [1] * 65, b"\x01")),
        "too few elements": (size, elements(1, "float32", [2], bytes(4))),
        "too many elements": (size, elements(1, "float32", [1], bytes(8))),
        "elements of an empty tensor": (size, elements(1, "float32", [2, 0], bytes(4))),
        "a scalar of one dimension": ("its shape is []", elements(8, "uint8", [1], b"\x01")),
        "a bool that is 2": ("a bool is the byte 0 or 1", elements(1, "bool", [2], b"\x01\x02")),
        "65 extensions inside each other": ("nested too deep", nested(65)),
        "2000 lists inside each other": ("nested too deep", b"\x91" * 2000 + b"\x01"),
    }  # fmt: skip
