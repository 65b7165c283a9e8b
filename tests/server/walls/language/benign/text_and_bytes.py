"""Text and bytes by the standard library: digests, packing, buffers, names, differences."""

import base64
import binascii
import difflib
import hashlib
import io
import os
import os.path as osp
import pprint
import struct
import unicodedata
import uuid
import zlib
from os.path import basename
from pathlib import PurePath, PurePosixPath

import numpy as np


def compressed(text):
    return len(zlib.compress(text.encode(), level=9)) / max(1, len(text))


def digests(data):
    running = hashlib.sha256()
    for start in range(0, len(data), 3):
        running.update(data[start : start + 3])
    other = running.copy()
    other.update(np.arange(4, dtype=np.int32))
    return [
        running.hexdigest(),
        other.digest(),
        hashlib.new("md5", data).hexdigest(),
        hashlib.blake2b(data, digest_size=8).hexdigest(),
        hashlib.sha3_256(data).hexdigest(),
        hashlib.shake_128(data).hexdigest(5),
        hashlib.sha1().name,
    ]


def buffers():
    out = io.StringIO()
    print("layer", 3, file=out, end="|")
    out.write("rest\n")
    out.seek(0)
    lines = [line.strip() for line in out]
    raw = io.BytesIO(b"abc")
    raw.seek(0, io.SEEK_END)
    raw.write(struct.pack("<2H", 7, np.int64(8)))
    with io.StringIO("a\nb") as inner:
        rows = inner.readlines()
    return lines, out.getvalue(), raw.getvalue(), raw.tell(), rows, isinstance(out, io.StringIO)


def names():
    path = PurePath("runs") / "a" / "b.tar.gz"
    return [
        path.stem,
        path.suffix,
        path.suffixes,
        str(path.parent),
        [str(each) for each in path.parents],
        path.parts,
        str(path.with_suffix(".pt")),
        path.name,
        PurePosixPath("/a/b").is_absolute(),
        str(PurePosixPath("/a/b").relative_to("/a")),
        path.match("*.gz"),
        osp.join("a", "b", "c.txt"),
        os.path.splitext("a/b.txt"),
        basename("a/b"),
        osp.dirname("a/b"),
        osp.normpath("a/../b"),
        os.sep,
        osp.commonpath(["abc", "abd"]),
    ]


def differences():
    match = difflib.SequenceMatcher(None, "model", "modal")
    return [
        match.ratio(),
        match.get_opcodes(),
        [tuple(each) for each in match.get_matching_blocks()],
        match.find_longest_match(0, 5, 0, 5).size,
        difflib.get_close_matches("lyer", ["layer", "head", "lawyer"]),
        list(difflib.unified_diff(["a", "b"], ["a", "c"], lineterm="")),
        list(difflib.ndiff(["a", "b"], ["a", "c"])),
        list(difflib.Differ().compare(["x"], ["y"])),
        difflib.SequenceMatcher(lambda x: x == " ", "a b", "a  b").quick_ratio(),
    ]


def technique(model, tokenizer):
    data = b"the cat sat"
    return {
        "compressed": compressed("the cat sat on the mat " * 10),
        "back": zlib.decompress(zlib.compress(data)),
        "checks": [zlib.crc32(data), zlib.adler32(data), binascii.crc32(data)],
        "digests": digests(data),
        "base64": [
            base64.b64encode(data),
            base64.b64decode("dGhl"),
            base64.urlsafe_b64encode(b"\xff\xfe"),
        ],
        "base": [base64.b32encode(data), base64.b85encode(data), base64.b16decode(b"FF")],
        "hex": [binascii.hexlify(data), binascii.unhexlify("ff00")],
        "array": base64.b64encode(np.arange(3, dtype=np.uint8)),
        "struct": [
            struct.unpack("<fI", struct.pack("<fI", 1.5, 9)),
            struct.calcsize("<IHB"),
            [each[0] for each in struct.iter_unpack("<H", b"\x01\x00\x02\x00")],
            struct.unpack_from("<B", b"\x05\x06", 1),
        ],
        "unicode": [
            unicodedata.normalize("NFKC", "ﬁ"),
            unicodedata.category("A"),
            unicodedata.name("é"),
        ],
        "buffers": buffers(),
        "names": names(),
        "differences": differences(),
        "pretty": pprint.pformat({"b": [1, 2, {"c": (1,)}], "a": "x" * 90}, width=40),
        "uuid": [
            str(uuid.uuid5(uuid.NAMESPACE_DNS, "a")),
            uuid.UUID(int=5).hex,
            len(str(uuid.uuid4())),
            uuid.uuid4().version,
            uuid.uuid4() == uuid.uuid4(),
        ],
    }
