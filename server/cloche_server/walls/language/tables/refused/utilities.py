"""Modules of the standard library of which a technique gets a part, and tqdm."""

from __future__ import annotations

from ..rows import Refusal, Refused, RefusedPattern
from . import reasons as why

_ARGUMENTS = "pass the file's bytes as an argument"

REFUSALS: tuple[Refusal, ...] = (
    Refused("unicodedata", "UCD ucd_3_2_0", why.UNASKED, "unicodedata's own functions"),
    Refused("base64", "decode encode", why.FILES, "base64.b64encode(data)"),
    Refused("base64", "z85decode z85encode", why.UNASKED, "base64.b85encode", optional=True),
    Refused(
        "zlib", "compressobj decompressobj", why.UNASKED, "zlib.compress(data) and decompress(data)"
    ),
    Refused(
        "zlib",
        "ZLIB_RUNTIME_VERSION ZLIB_VERSION Z_BLOCK Z_FINISH Z_FULL_FLUSH Z_NO_FLUSH "
        "Z_PARTIAL_FLUSH Z_SYNC_FLUSH Z_TREES",
        why.UNASKED,
    ),
    Refused(
        "struct",
        "Struct pack_into",
        "it writes into, or keeps, memory that somebody else holds",
        "struct.pack and struct.unpack",
    ),
    Refused("hashlib", "algorithms_available algorithms_guaranteed", why.STATE, "hashlib.sha256"),
    Refused("hashlib", "file_digest", why.FILES, "hashlib.sha256(data)", optional=True),
    Refused("hashlib", "pbkdf2_hmac scrypt", why.UNASKED, "hashlib.sha256(data)", optional=True),
    *(
        Refused(
            f"_blake2:{name}",
            "MAX_DIGEST_SIZE MAX_KEY_SIZE PERSON_SIZE SALT_SIZE",
            why.UNASKED,
            "digest_size",
        )
        for name in ("blake2b", "blake2s")
    ),
    Refused("difflib", "HtmlDiff", why.UNASKED, "difflib.unified_diff"),
    Refused("difflib", "Match diff_bytes", why.UNASKED, "difflib.SequenceMatcher"),
    Refused("pprint", "PrettyPrinter", "it writes to any object's `write`", "pprint.pformat"),
    Refused("pprint", "isreadable isrecursive saferepr", why.UNASKED, "pprint.pformat"),
    RefusedPattern("io", "*", why.FILES, f"io.StringIO and io.BytesIO; {_ARGUMENTS}"),
    Refused("io:BytesIO", "getbuffer readinto readinto1", why.MEMORY, "getvalue() and read()"),
    Refused("io:BytesIO", "detach", why.UNASKED),
    Refused("io:BytesIO", "fileno", why.FILES, "a buffer has no file"),
    Refused("io:StringIO", "detach line_buffering", why.UNASKED),
    Refused("io:StringIO", "fileno", why.FILES, "a buffer has no file"),
    Refused("uuid", "getnode uuid1", "tells about the machine", "uuid.uuid4()"),
    RefusedPattern("uuid", "*", why.UNASKED, "uuid.uuid4()"),
    Refused("uuid:UUID", "is_safe", why.UNASKED),
    RefusedPattern("os.path", "*", why.FILES, f"os.path.join and its like; {_ARGUMENTS}"),
    RefusedPattern("os", "*", why.FILES, f"os.path.join and its like; {_ARGUMENTS}"),
    RefusedPattern("pathlib", "*", why.FILES, f"pathlib.Path for names; {_ARGUMENTS}"),
    Refused(
        "pathlib:Path",
        """absolute chmod copy copy_into cwd exists expanduser from_uri glob group hardlink_to home
        info is_block_device is_char_device is_dir is_fifo is_file is_junction is_mount is_socket
        is_symlink iterdir lchmod link_to lstat mkdir move move_into open owner read_bytes read_text
        readlink rename replace resolve rglob rmdir samefile stat symlink_to touch unlink walk
        write_bytes write_text""",
        why.FILES,
        _ARGUMENTS,
        optional=True,
    ),
    Refused("pathlib:PurePath", "as_uri is_reserved", why.UNASKED, "as_posix()"),
    Refused("pathlib:PurePath", "parser", why.INTERNALS, "os.path", optional=True),
    RefusedPattern("sys", "exit", "it ends what runs", "return, or raise an error"),
    RefusedPattern("sys", "*", why.STATE, "print() goes to the caller"),
    Refused("unnamed:version_info", "n_fields n_sequence_fields n_unnamed_fields", why.INTERNALS),
    Refused("unnamed:float_info", "n_fields n_sequence_fields n_unnamed_fields", why.INTERNALS),
    RefusedPattern(
        "logging", "*", "files, and the server's own loggers", "logging.getLogger(name).info(...)"
    ),
    RefusedPattern("warnings", "*", why.STATE, "warnings.warn(text)"),
    RefusedPattern("gc", "*", why.NAMESPACES, "nothing outlives a call"),
    RefusedPattern("traceback", "*", why.NAMESPACES, "traceback.format_exc()"),
    RefusedPattern(
        "inspect", "*", why.NAMESPACES, "inspect.signature(f), or variables of your own"
    ),
    *(
        RefusedPattern(module, "*", "it draws, or keeps the process's own state", "tqdm(iterable)")
        for module in ("tqdm", "tqdm.auto", "tqdm.notebook", "tqdm.std")
    ),
)
