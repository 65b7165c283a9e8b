"""What the standard library's text and bytes, and what is written for a technique, are held by."""

from __future__ import annotations

from typing import Final

from cloche_server.walls.language.adapters import ADAPTERS

from tests.attacks.teeth.language.layers import NAMES
from tests.attacks.teeth.mutation import Mutation

MUTATIONS: Final = (
    Mutation(
        "Streams.write calls self._guards.calls.method(instead, 'write')(text)",
        ("redirect_to_real",),
        "instead.write(text)",
        NAMES,
    ),
    Mutation(
        "Streams.print calls self._guards.calls.method(file, 'write')(text)",
        ("print_to_real",),
        "file.write(text)",
        NAMES,
    ),
)

_OVER_BYTES: Final = (
    "base64.",
    "binascii.",
    "zlib.",
    "struct.",
    "hashlib.",
    "_hashlib:",
    "_blake2:",
)


def _because(reason: str, *rules: str) -> dict[str, str]:
    return dict.fromkeys(rules, reason)


EXEMPT: Final = {
    **_because(
        "what the functions would take without it are the addresses in an array of objects, and"
        " memory that changes meanwhile: nothing here turns an address into an object, and they"
        " call nothing back; tests/server/walls/language/test_utilities.py",
        *(f"adapter {each}" for each in ADAPTERS if each.startswith(_OVER_BYTES)),
        "adapter io:BytesIO.write",
        "adapter io:BytesIO.writelines",
        "octets asks whether cls in _PLAIN",
        "octets asks whether int in mro",
        "octets asks whether str in mro",
        "octets asks whether np.generic in mro and np.void not in mro",
        "octets calls refuse_objects(value)",
        "octets refuses if type(value) not in _PLAIN",
        "list _WRITTEN_TO",
    ),
    **_because(
        "says in better words what the library would say: no other name makes a digest that is not"
        " one of these, and its own method refuses another class's object",
        "make_new.new refuses if type(name) is not str or name.lower() not in _HASHES",
        "make_new.new refuses name.lower() not in _HASHES",
        "make_new.new refuses type(name) is not str",
        "_method.make.method refuses if cls not in mro_of(type(obj))",
        "list _HASHES",
    ),
    **_because(
        "names of options of functions in C and of the library's own, which take exact text",
        "_over_octets.make.convert calls exact_keys(options)",
        "make_new.new calls exact_keys(options)",
    ),
    **_because(
        "the library's own writes to a stream as well, which a technique could do itself",
        "adapter pprint.pformat",
        "make_pformat.pformat calls _only('pformat', options, _PFORMAT)",
        "list _PFORMAT",
    ),
    **_because(
        "the library's own asks the machine for random numbers, which a seed does not reach",
        "adapter uuid.uuid4",
    ),
    **_because(
        "names and kinds of parameters alone come out, of whatever is asked for them",
        "_function_of calls guards.calls.call(value)",
        "_function_of refuses if type(raw) is not types.FunctionType",
        "list _FUNCTIONS",
    ),
    **_because(
        "passes text on: without it nothing is said, or what runs is not there",
        "Streams.write calls self._real[name](text)",
        "_make_print.print calls streams.print(text + ('\\n' if end is None else end), file)",
        "make_tools.record calls outlets.record(level if level in _LEVELS else 'info',"
        " _exact(text))",
        "_run calls guards.run(source.sealed, found)",
        "compile_all calls source_of(file, names)",
        "list _OF_THE_COMPILER",
        "list _LEVELS",
    ),
    **_because(
        "the channel's own encoder takes exact text: a subclass's methods are asked nothing",
        "_exact refuses if str not in mro_of(type(text))",
    ),
    **_because(
        "a row that names nothing is an error in the tests, and is left out of a server's tables",
        "build_catalogue calls catalogue.lacks(f\"{row.of} has no '{name}'\")",
    ),
}
