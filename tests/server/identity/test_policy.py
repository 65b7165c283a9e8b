"""An operator's policies: what is written, what both of two let pass, what is kept back."""

from __future__ import annotations

import pytest
from cloche.v1 import execution_pb2 as pb
from cloche_server.front.withheld import shown
from cloche_server.identity.policy import EVERYTHING, Policy
from cloche_server.identity.terms import AllTerms, TermsFault
from cloche_server.ipc import job

DIGEST = "ab" * 32


def test_what_both_let_pass() -> None:
    one = Policy(modules=("torch", "math"), output=False)
    other = Policy(modules=("math", "json"), techniques=(DIGEST,), source_lines=False)
    both = one.with_(other)
    assert both == other.with_(one)
    assert both == Policy(modules=("math",), techniques=(DIGEST,), output=False, source_lines=False)
    assert one.with_(EVERYTHING) == one
    nothing = Policy(techniques=()).with_(other)
    assert not nothing.admits(bytes.fromhex(DIGEST))


def test_techniques_by_their_digest() -> None:
    assert EVERYTHING.admits(b"x")
    assert Policy(techniques=(DIGEST,)).admits(bytes.fromhex(DIGEST))
    assert not Policy(techniques=(DIGEST,)).admits(bytes(32))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[policies.a]\nmodules = ['torch.nn']", "policies.a: modules has 'torch.nn'"),
        ("[policies.a]\ntechniques = ['AB']", "policies.a: techniques has 'AB'"),
        ("[policies.a]\nprints = false", "policies.a: .*unknown field"),
        ("[tenants.a]\npolicy = 'b'", "tenants.a: there is no policy 'b'"),
    ],
)
def test_what_cannot_be_meant(text: str, said: str) -> None:
    with pytest.raises(TermsFault, match=said):
        AllTerms.parse(text.encode())


def test_a_policy_that_is_gone_is_none() -> None:
    terms = AllTerms.parse(b"[policies.p]\noutput = false\n[tenants.a]\npolicy = 'p'")
    assert terms.policy("a", None) == terms.policy("b", "p") == Policy(output=False)
    assert terms.policy("b", None) == EVERYTHING
    assert terms.policy("a", "gone") is None


def test_what_is_kept_back() -> None:
    quiet, blind = Policy(output=False), Policy(source_lines=False)
    for item in (
        job.Printed("stdout", "secret"),
        job.Logged("info", "secret"),
        job.Progressed(1.0, None, "secret"),
    ):
        assert shown(item, quiet) is None
        assert shown(item, blind) is item
    done = pb.Done()
    done.failure.type, done.failure.traceback = "ValueError", "secret line"
    done.failure.frames.add(function="f", line=3, text="secret line")
    assert shown(done, quiet) is done
    assert "secret" in str(done)
    told = shown(done, blind)
    assert isinstance(told, pb.Done)
    assert "secret" not in str(told)
    assert (told.failure.type, told.failure.frames[0].line) == ("ValueError", 3)
    chunk = job.Chunk(b"x", 1)
    assert shown(chunk, quiet.with_(blind)) is chunk
