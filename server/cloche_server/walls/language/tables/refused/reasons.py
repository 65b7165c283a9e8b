"""Why names are refused, in the words that a caller reads after "refused: "."""

from __future__ import annotations

from typing import Final

FILES: Final = "reads or writes files"
NETWORK: Final = "fetches from the network or sends to it"
CODE: Final = "compiles, loads or evaluates code"
PROCESSES: Final = "starts processes or threads, or speaks to them"
MEMORY: Final = "hands out raw memory, or believes what it is told about it"
KERNELS: Final = "its kernels do not check all they are given"
SPARSE: Final = "sparse layouts believe the indices they are given"
QUANTIZED: Final = "quantised kernels believe the packed data they are given"
STATE: Final = "changes what the libraries keep for themselves"
BY_NAME: Final = "reads or sets attributes by name"
HOOKS: Final = "calls back with the library's own objects"
INTERNALS: Final = "an internal of the library"
NAMESPACES: Final = "leads to functions, frames or namespaces"
DEVICES: Final = "for devices and kernels that models here do not run on"
DEPRECATED: Final = "deprecated or removed by the library"
PRINTS: Final = "writes to the server's own output"
CONCURRENT: Final = "a technique runs alone"
VIEWS: Final = "hands out what the library itself goes on using"
#: Whoever needs one of these may propose it, with a look at its source.
UNASKED: Final = "not needed so far; nothing is known against it"
