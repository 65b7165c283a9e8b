"""Lines of the log that are about callers."""

from __future__ import annotations

import logging

import pytest
from cloche_server.front import audit


@pytest.mark.parametrize(
    ("tenant", "caller", "field"),
    [("alice", "alice", "tenant=alice"), ("", "ipv4:127.0.0.1:1", "caller=ipv4:127.0.0.1:1")],
)
def test_a_session_is_a_tenants_or_a_connections(
    tenant: str, caller: str, field: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, "cloche.audit"):
        audit.session("opened", 3, tenant=tenant, caller=caller)
    assert caplog.messages == [f"verb=session session=3 outcome=opened {field}"]
