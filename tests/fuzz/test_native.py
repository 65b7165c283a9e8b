"""Every allowed entry into native code under guard pages: a fixed slice; `make fuzz` takes longer.

In a process of its own, behind an allocator that has to be preloaded.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.fuzz.native import fence
from tests.fuzz.native.case import End, Note, Outcome
from tests.fuzz.native.entries import Entry, Way
from tests.fuzz.native.run import Case, Forks

ROOT = Path(__file__).parents[2]


def drive(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tests.fuzz.native", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )


@pytest.mark.timeout(900)
def test_every_entry_is_driven_and_none_leaves_its_memory() -> None:
    done = drive("--rounds", "4", "--seed", "0", "--undriven")
    assert done.returncode == 0, done.stdout + done.stderr
    driven = re.search(r"(\d+) of (\d+) entries driven in (\d+) cases", done.stdout)
    assert driven is not None, done.stdout + done.stderr
    # A row that is neither driven nor excused in undriven.py is listed after this line.
    assert driven[1] == driven[2], done.stdout
    assert int(driven[2]) > 2000
    # Cases that all fail at once would find nothing.
    completed = re.search(r"'completed': (\d+)", done.stdout)
    assert completed is not None, done.stdout
    assert int(completed[1]) > 0.6 * int(driven[3]), done.stdout


#: Faults of torch and numpy themselves, called without a wall.
_FAULTS = (
    "torch.repeat_interleave(torch.tensor([1 << 24, 1 - (1 << 24)]), output_size=1)",
    "torch.histc(torch.ones(1000, dtype=torch.bfloat16), bins=259, min=0, max=1)",
    "numpy.repeat(numpy.zeros(4, 'u1'), 2**62)",
    "numpy.cumsum(numpy.zeros((3, 3)), out=numpy.zeros(()))",
)
_SOUND = "torch.linalg.svd(torch.randn(7, 3)); numpy.repeat(numpy.zeros(4, 'u1'), 2)"
_IN_FORKS = """
import os, sys, numpy, torch
from tests.fuzz.native.fence import Fence
fence = Fence()
assert fence.there
for call in sys.argv[1:]:
    child = os.fork()
    if not child:
        fence.switch(1)
        exec(call)
        os._exit(0)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""


@pytest.mark.skipif(fence.compiler() is None, reason="needs a C compiler")
def test_the_allocator_finds_what_leaves_its_block(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _IN_FORKS, *_FAULTS, _SOUND],
        cwd=ROOT,
        env=fence.environment(fence.build(tmp_path)),
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["-11"] * len(_FAULTS) + ["0"]


class _Dying:
    """Stands in for the driver: its third case breaks, its fifth takes too long."""

    def run(self, entry: Entry, seed: int, number: int, note: Note) -> Outcome:
        note(f"case {number}")
        deaths = {2: signal.SIGSEGV, 4: signal.SIGPROF}
        if number in deaths:
            os.kill(os.getpid(), deaths[number])
        return Outcome(End.COMPLETED)


def test_a_death_is_a_finding_and_the_other_cases_go_on(capsys: pytest.CaptureFixture[str]) -> None:
    entry = Entry("torch", "add", Way.FUNCTION)
    forks = Forks(_Dying())
    forks.drive([Case(entry, 7, number) for number in range(6)])
    assert dict(forks.report.ends) == {"completed": 4, "died": 1, "out of time": 1}
    (finding,) = forks.report.findings
    assert (finding.case.number, finding.signal, finding.alone) == (2, "SIGSEGV", True)
    again = "python -m tests.fuzz.native --only 'torch.add' --seed 7 --case 2"
    assert again in capsys.readouterr().out
