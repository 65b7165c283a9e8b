"""Tenants beside each other on one server: a flood by one, and weights, in measured seconds.

What the server wrote down decides, and techniques sleep: how busy the machine is counts on both
sides.
"""

from __future__ import annotations

import dataclasses
import json
import statistics
from collections.abc import Iterator
from typing import Any

import grpc
import pytest
from cloche.contract.config import ServerConfig
from cloche.v1 import execution_pb2 as pb
from cloche.v1.execution_pb2_grpc import ExecutionServiceStub
from cloche_server.record import chain

from tests.support.server import request
from tests.support.shared_server import SharedServer, shared_server

pytestmark = [pytest.mark.xdist_group("serial"), pytest.mark.nightly]

SLEEPS = "import time\ndef f(model, tokenizer):\n    time.sleep(0.1)\n"
# One connection has 256 calls at once.
_EACH = 200


@pytest.fixture(scope="module")
def shared(
    config: ServerConfig, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[SharedServer]:
    limits = dataclasses.replace(config.limits, concurrent_calls=2, queued_calls=1000)
    config = dataclasses.replace(config, limits=limits, pool_size=4)
    with shared_server(config, tmp_path_factory.mktemp("shares")) as made:
        yield made


class Tenant:
    """Calls with a token, over connections of its own."""

    def __init__(self, shared: SharedServer, name: str) -> None:
        roots = grpc.ssl_channel_credentials(shared.authority.ca.read_bytes())
        token = grpc.access_token_call_credentials(shared.draw(tenant=name).text)
        self._way = grpc.composite_channel_credentials(roots, token)
        self._address = shared.address
        self._channels: list[grpc.Channel] = []
        self._calls: list[Any] = []

    def call(self, count: int) -> None:
        """All at once."""
        for start in range(0, count, _EACH):
            options = [("grpc.use_local_subchannel_pool", 1)]
            channel = grpc.secure_channel(self._address, self._way, options=options)
            self._channels.append(channel)
            stub = ExecutionServiceStub(channel)
            for _ in range(min(_EACH, count - start)):
                wanted = pb.ExecuteRequest(call=request(SLEEPS, timeout_s=120))
                self._calls.append(stub.Execute.future(wanted))

    def wait(self) -> None:
        for call in self._calls:
            call.result(timeout=240)
        self._calls.clear()

    def close(self) -> None:
        for channel in self._channels:
            channel.close()


def ended(shared: SharedServer, tenant: str) -> list[dict[str, Any]]:
    """In the order in which its calls ended."""
    lines = (
        json.loads(line)
        for path in chain.files_of(shared.record)
        for line in path.read_bytes().splitlines()
    )
    return [each for each in lines if each["event"] == "ended" and each["tenant"] == tenant]


def test_a_flood_costs_another_tenant_the_rest_of_one_call(shared: SharedServer) -> None:
    flood, other = Tenant(shared, "flood"), Tenant(shared, "other")
    try:
        flood.call(500)
        while len(ended(shared, "flood")) < 20:
            other.call(1)
            other.wait()
        for _ in range(20):
            other.call(1)
            other.wait()
        assert len(ended(shared, "flood")) < 450  # it went on all the while
    finally:
        flood.close()
        other.close()
    waits = [each["queued_s"] for each in ended(shared, "other")]
    ran = [each for each in ended(shared, "flood") if "ran_s" in each]
    held = [each["seconds"] - each["queued_s"] for each in ran]
    assert statistics.quantiles(waits, n=20)[-1] <= max(held) + 0.05


def test_weights_divide_seconds(shared: SharedServer) -> None:
    shared.write_terms("[tenants.three]\nweight = 3\n")
    three, one = Tenant(shared, "three"), Tenant(shared, "one")
    try:
        # Both wait from the beginning to the end of what is counted.
        one.call(180)
        three.call(180)
        three.wait()
    finally:
        three.close()
        one.close()
    both = ended(shared, "three")
    first, last = both[20]["time"], both[-1]["time"]

    def seconds(tenant: str) -> float:
        return sum(
            each["ran_s"] for each in ended(shared, tenant) if first < each["time"] <= last
            and "ran_s" in each
        )  # fmt: skip

    # The queue itself divides to 5 % (test_fair_queue.py); here calls begin and end unevenly.
    assert seconds("three") / seconds("one") == pytest.approx(3.0, rel=0.1)
