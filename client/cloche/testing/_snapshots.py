"""Snapshots of results on syrupy: stored as text, compared with a tolerance, one for each hardware
whose numbers differ.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Final

from syrupy.assertion import SnapshotAssertion
from syrupy.data import SnapshotCollections
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode

from cloche.testing import _format
from cloche.testing._compare import Findings, Tolerance, compare

if TYPE_CHECKING:
    from cloche.client.interp_client import InterpClient

_LIBRARIES: Final = ("cloche", "python", "torch", "transformers", "policy")
_HARDWARE: Final = "hardware"


def maker(syrupy: SnapshotAssertion, client: InterpClient) -> Callable[..., SnapshotAssertion]:
    """What the fixture gives: it takes the tolerance, and makes what is compared with."""
    header = header_of(client)

    def technique_snapshot(
        *, rtol: float = 1e-5, atol: float = 1e-8, top_k: int | None = None
    ) -> SnapshotAssertion:
        about = {
            "header": header,
            "tolerance": Tolerance(rtol=rtol, atol=atol, top_k=top_k),
            "updates": syrupy.update_snapshots,
        }
        # Several in a test count on: their names are the test's and a number.
        made.extension_class = type("_Extension", (_TechniqueExtension,), about)
        made._extension = None
        return made

    made = _TechniqueAssertion(
        session=syrupy.session,
        extension_class=_TechniqueExtension,
        test_location=syrupy.test_location,
        update_snapshots=syrupy.update_snapshots,
        update_new_snapshots_only=syrupy.update_new_snapshots_only,
    )
    return technique_snapshot


def header_of(client: InterpClient) -> dict[str, str]:
    """What a result's last bits may depend on."""
    info = client.info()
    wanted = client.options.model
    served = next((each.model for each in info.models if each.name == wanted), info.model)
    return {
        "model": Path(served.name).name,
        "revision": served.revision or "none",
        "dtype": served.dtype,
        "threads": "1" if client.options.deterministic else str(served.threads),
        **{name: info.versions.get(name, "unknown") for name in _LIBRARIES},
        _HARDWARE: info.versions.get("processor", "unknown"),
    }


class _TechniqueAssertion(SnapshotAssertion):
    """Compared as a whole, also with arrays: numpy leaves it to this side."""

    __array_ufunc__ = None


class _TechniqueExtension(SingleFileSnapshotExtension):
    """Of one assertion: its subclass has what it needs to know."""

    file_extension = "cloche"
    _write_mode = WriteMode.TEXT
    header: ClassVar[Mapping[str, str]] = {}
    tolerance: ClassVar[Tolerance] = Tolerance()
    updates: ClassVar[bool] = False

    def serialize(self, data: Any, **_: Any) -> str:
        return _format.write(data, self.header)

    def matches(self, *, serialized_data: Any, snapshot_data: Any) -> bool:
        return self._findings(serialized_data, snapshot_data).equal

    def diff_lines(self, serialized_data: Any, snapshot_data: Any) -> Iterator[str]:
        if not snapshot_data:
            yield "write it with --cloche-update, and look at what it says before it is committed"
            return
        yield from self._findings(serialized_data, snapshot_data).lines()
        then = _format.read(snapshot_data).header
        for name in {**then, **self.header}:
            before, now = then.get(name, "unknown"), self.header.get(name, "unknown")
            if before != now:
                yield f"{name} was {before}, is {now}"

    @classmethod
    def get_location(cls, *, test_location: Any, index: Any) -> str:
        """The hardware's own file where there is one, or where the other is another hardware's."""
        usual = super().get_location(test_location=test_location, index=index)
        hardware = cls.header.get(_HARDWARE, "")
        own = f"{usual}-{re.sub(r'[^A-Za-z0-9_.]+', '-', hardware)}"
        if Path(own).exists():
            return own
        if cls.updates and Path(usual).exists():
            made_on = _format.read(Path(usual).read_text()).header.get(_HARDWARE)
            return usual if made_on == hardware else own
        return usual

    def discover_snapshots(self, **_: Any) -> SnapshotCollections:
        # Those of other hardware are used elsewhere: none is ever called unused.
        return SnapshotCollections()

    def _findings(self, now: str, then: str) -> Findings:
        return compare(_format.read(then).value, _format.read(now).value, self.tolerance)
