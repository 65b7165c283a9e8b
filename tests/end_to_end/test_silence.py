"""Calls that are silent for long: pings keep their connection, and are no abuse."""

from __future__ import annotations

import dataclasses
import socket

import pytest
from cloche import InterpClient
from cloche.contract.config import Limits, ServerConfig

from tests.support.pings import Pinger
from tests.support.server import RunningServer, free_port, running_server

SLEEP = "import time\ndef f(model, tokenizer, s):\n    time.sleep(s)\n    return 'slept'"


def test_a_server_takes_keepalive_pings_for_no_abuse(server: RunningServer) -> None:
    """By default gRPC ends the connection, with all its calls, after the third."""
    with socket.socket(socket.AF_UNIX) as end:
        end.settimeout(10)
        end.connect(server.address.removeprefix("unix:"))
        pinger = Pinger(end)
        for number in range(20):
            pinger.ping(number)


@pytest.mark.nightly
@pytest.mark.timeout(500)
def test_a_call_that_is_silent_for_200_seconds(config: ServerConfig) -> None:
    """Over TCP, with everybody's default options: the fifth ping used to be one too many."""
    address = f"127.0.0.1:{free_port()}"
    patient = dataclasses.replace(config, limits=Limits(timeout_max_s=600))
    with running_server(patient, listen=address), InterpClient(address=address) as client:
        assert client.with_options(timeout=400).run(SLEEP, 200) == "slept"
