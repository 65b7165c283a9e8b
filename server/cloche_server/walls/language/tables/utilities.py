"""Modules of the standard library that compute on text and bytes. Absent: whatever opens a file."""

from __future__ import annotations

from .rows import PURE, Allow, Field, Row

_BYTES = "of bytes that nobody else holds"
_TEXT = "text"
_NAMES = "arithmetic on names; asks no file system"
_BUFFER = "a buffer of this call's own"
_STREAM = """close closed getvalue isatty flush read readable readline readlines seek seekable
tell truncate writable __enter__ __exit__ __iter__ __next__"""

ROWS: tuple[Row, ...] = (
    Allow(
        "unicodedata",
        """bidirectional category combining decimal decomposition digit east_asian_width
        is_normalized lookup mirrored name normalize numeric unidata_version""",
        why=PURE,
    ),
    Allow(
        "base64",
        """a85decode a85encode b16decode b16encode b32decode b32encode b32hexdecode b32hexencode
        b64decode b64encode b85decode b85encode decodebytes encodebytes standard_b64decode
        standard_b64encode urlsafe_b64decode urlsafe_b64encode""",
        why=_BYTES,
        adapted=True,
    ),
    Allow(
        "binascii",
        """a2b_base64 a2b_hex a2b_qp a2b_uu b2a_base64 b2a_hex b2a_qp b2a_uu crc32 crc_hqx hexlify
        unhexlify""",
        why=_BYTES,
        adapted=True,
    ),
    Allow("binascii", "Error Incomplete", why="caught by class"),
    Allow("zlib", "adler32 compress crc32 decompress", why=_BYTES, adapted=True),
    Allow(
        "zlib",
        """DEFLATED DEF_BUF_SIZE DEF_MEM_LEVEL MAX_WBITS Z_BEST_COMPRESSION Z_BEST_SPEED
        Z_DEFAULT_COMPRESSION Z_DEFAULT_STRATEGY Z_FILTERED Z_FIXED Z_HUFFMAN_ONLY
        Z_NO_COMPRESSION Z_RLE""",
        why="constants",
    ),
    Allow("zlib", "error", why="caught by class"),
    Allow("struct", "calcsize iter_unpack pack unpack unpack_from", why=_BYTES, adapted=True),
    Allow("struct", "error", why="caught by class"),
    Allow(
        "hashlib",
        """blake2b blake2s md5 new sha1 sha224 sha256 sha384 sha3_224 sha3_256 sha3_384 sha3_512
        sha512 shake_128 shake_256""",
        why=_BYTES,
        adapted=True,
    ),
    *(
        row
        for cls in ("_hashlib:HASH", "_blake2:blake2b", "_blake2:blake2s")
        for row in (
            Allow(cls, "block_size copy digest digest_size hexdigest name", why="a digest"),
            Allow(cls, "update", why=_BYTES, adapted=True),
        )
    ),
    Allow("_hashlib:HASHXOF", "digest hexdigest", why="a digest"),
    Allow(
        "difflib",
        """Differ IS_CHARACTER_JUNK IS_LINE_JUNK SequenceMatcher context_diff get_close_matches
        ndiff restore unified_diff""",
        why="compares sequences; calls back what it is given",
    ),
    Allow(
        "difflib:SequenceMatcher",
        """find_longest_match get_grouped_opcodes get_matching_blocks get_opcodes
        quick_ratio ratio real_quick_ratio set_seq1 set_seq2 set_seqs""",
        why="compares sequences",
    ),
    Field("difflib:SequenceMatcher", "a b", why="what it was given"),
    Allow("difflib:Differ", "compare", why="compares sequences"),
    Allow("difflib:Match", "a b size", why="data"),
    Allow("pprint", "pformat", why=_TEXT, adapted=True),
    Allow("io", "SEEK_CUR SEEK_END SEEK_SET", why="constants"),
    Allow("io", "StringIO BytesIO", why=_BUFFER),
    Allow("io:StringIO", f"{_STREAM} encoding errors newlines write writelines", why=_BUFFER),
    Allow("io:BytesIO", f"{_STREAM} read1", why=_BUFFER),
    Allow("io:BytesIO", "write writelines", why=_BUFFER, adapted=True),
    Allow(
        "uuid",
        """NAMESPACE_DNS NAMESPACE_OID NAMESPACE_URL NAMESPACE_X500 RESERVED_FUTURE
        RESERVED_MICROSOFT RESERVED_NCS RFC_4122 UUID uuid3 uuid5""",
        why=PURE,
    ),
    Allow("uuid", "uuid4", why="of this call's random numbers", adapted=True),
    Allow(
        "uuid:UUID",
        """bytes bytes_le clock_seq clock_seq_hi_variant clock_seq_low fields hex int node time
        time_hi_version time_low time_mid urn variant version""",
        why="data",
    ),
    Allow(
        "os.path",
        """altsep basename commonpath commonprefix curdir devnull dirname extsep isabs join
        normcase normpath pardir pathsep sep split splitdrive splitext""",
        why=_NAMES,
    ),
    Allow("os.path", "splitroot", why=_NAMES, optional=True),
    Allow("os", "altsep curdir extsep linesep name pardir pathsep sep", why="constants"),
    Allow("pathlib", "PurePath PurePosixPath", why=_NAMES),
    Allow("pathlib", "Path PosixPath", why="names; each method that asks for files is refused"),
    Allow(
        "pathlib:PurePath",
        """anchor as_posix drive is_absolute is_relative_to joinpath match name parent parents
        parts relative_to root stem suffix suffixes with_name with_stem with_suffix""",
        why=_NAMES,
    ),
    Allow("pathlib:PurePath", "full_match with_segments", why=_NAMES, optional=True),
    Allow(
        "sys",
        "byteorder float_info hexversion maxsize maxunicode platform version version_info",
        why="facts that techniques choose by",
    ),
    Allow("unnamed:version_info", "major minor micro releaselevel serial", why="data"),
    Allow(
        "unnamed:float_info",
        """dig epsilon mant_dig max max_10_exp max_exp min min_10_exp min_exp radix rounds""",
        why="data",
    ),
    Allow(
        "types",
        """BuiltinFunctionType BuiltinMethodType EllipsisType FunctionType GeneratorType
        GenericAlias LambdaType ModuleType NoneType NotImplementedType UnionType""",
        why="annotations, isinstance",
        as_type=True,
    ),
)
