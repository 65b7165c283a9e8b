"""Terms of tenants: what can be written, and that they only narrow."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from cloche.contract.config import Limits
from cloche_server.identity.tenants import NAME, Tenants
from cloche_server.identity.terms import USUAL, AllTerms, TermsFault
from cloche_server.share import EQUAL, Share

ALICE = """
[tenants.alice]
weight = 3
concurrent_calls = 2
queued_calls = 5
rate = "600/minute"
budget = "3600/day"
timeout_max_s = 30
memory_max_bytes = 1000
models = ["probe"]
certificates = ["spiffe://corp/alice", "alice.example"]
"""


def test_what_is_written_holds() -> None:
    terms = AllTerms.parse(ALICE.encode()).of("alice")
    assert terms.share == Share(weight=3.0, most_running=2, most_waiting=5)
    assert terms.models == ("probe",)
    assert AllTerms.parse(b"").of("alice") == USUAL
    assert USUAL.share == EQUAL


def test_a_tenant_narrows_the_servers_limits_and_never_widens_them() -> None:
    terms = AllTerms.parse(ALICE.encode()).of("alice")
    narrow = terms.within(Limits())
    assert (narrow.timeout_max_s, narrow.timeout_default_s) == (30, 30)
    assert (narrow.memory_max_bytes, narrow.memory_default_bytes) == (1000, 1000)
    small = Limits(
        timeout_max_s=5, timeout_default_s=4, memory_max_bytes=10, memory_default_bytes=9
    )
    assert terms.within(small) == small
    assert USUAL.within(small) is small


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[tenants.a]\nweigth = 3", "tenants.a: .*unknown field `weigth`"),
        ("[tenant.a]\nweight = 3", "unknown field `tenant`"),
        ("[tenants.a]\nweight = 0", "tenants.a: weight is 0; it must be from 0.001"),
        ("[tenants.a]\nweight = nan", "tenants.a: weight is nan"),
        ("[tenants.a]\nconcurrent_calls = 0", "concurrent_calls is 0; it must be above 0"),
        ("[tenants.a]\ntimeout_max_s = inf", "timeout_max_s is inf"),
        ("[tenants.a]\nrate = 'often'", "rate is 'often'; write it as 600/minute"),
        ("[tenants.a]\nbudget = '0/day'", "budget is '0/day'; it must allow something"),
        ("[tenants.'a b']\nweight = 1", "'a b' is no tenant's name"),
        ("[tenants", "Expected"),
        (
            "[tenants.a]\ncertificates = ['x']\n[tenants.b]\ncertificates = ['x']",
            "the certificate name 'x' is two tenants'",
        ),
    ],
)
def test_what_cannot_be_meant_is_refused(text: str, said: str) -> None:
    with pytest.raises(TermsFault, match=said):
        AllTerms.parse(text.encode())


def test_one_call_has_no_more_memory_than_all_together() -> None:
    limits = Limits()
    terms = AllTerms.parse(b"[tenants.a]\nmemory_total_bytes = 1000\n").of("a")
    within = terms.within(limits)
    assert (within.memory_max_bytes, within.memory_default_bytes) == (1000, 1000)
    terms = AllTerms.parse(b"[tenants.a]\nmemory_total_bytes = 1000\nmemory_max_bytes = 300\n").of(
        "a"
    )
    assert terms.within(limits).memory_max_bytes == 300


def test_a_certificate_is_one_tenants_or_nobodys() -> None:
    terms = AllTerms.parse(
        b"[tenants.a]\ncertificates = ['x', 'spiffe://corp/a']\n[tenants.b]\ncertificates = ['y']"
    )
    assert terms.certified(("spiffe://corp/a", "z")) == "a"
    assert terms.certified(("y",)) == "b"
    assert terms.certified(("x", "y")) is None
    assert terms.certified(("X", "spiffe://corp/a/b", "")) is None
    assert terms.certified(()) is None


def test_a_file_that_changes_holds_and_one_that_is_wrong_does_not(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    tenants = Tenants(tmp_path)
    assert tenants.now().of("alice") == USUAL
    assert caplog.text == ""
    path = tmp_path / NAME
    path.write_text("[tenants.alice]\nweight = 2\n")
    assert tenants.share("alice") == Share(weight=2.0)
    assert tenants.share("ipv4:127.0.0.1:1") == EQUAL
    path.write_text("[tenants.alice]\nweight = -222\n")
    for _ in range(3):
        assert tenants.share("alice") == Share(weight=2.0)
    assert caplog.text.count("the terms of before hold") == 1
    path.unlink()
    assert tenants.share("alice") == Share(weight=2.0)
    path.write_text("[tenants.alice]\nweight = 5.5\n")
    assert tenants.share("alice") == Share(weight=5.5)
    path.write_text("[tenants.alice]\nweight = 'x'\n")
    with pytest.raises(TermsFault):
        Tenants(tmp_path)
    assert os.listdir(tmp_path) == [NAME]


def test_a_server_without_quotas_does_not_import_what_counts_them() -> None:
    said = (
        "import sys; from cloche_server.identity import opening, quotas, spending;"
        "quotas.Quotas(spending.Spending()); print('limits' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", said], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
