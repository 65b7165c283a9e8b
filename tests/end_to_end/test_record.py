"""A server that writes down who called what, and is killed while it does."""

from __future__ import annotations

import dataclasses
import json
import os
import re
import signal
import urllib.request
from pathlib import Path
from typing import Any

from cloche.contract.config import ServerConfig
from cloche.v1 import execution_pb2 as pb
from cloche_server.record import chain
from cloche_server.record.verify import verify

from tests.support.server import free_port, request, start_server

SLEEPS = "import time\ndef f(model, tokenizer):\n    time.sleep(60)\n"


def lines(folder: Path) -> list[dict[str, Any]]:
    return [
        json.loads(line)
        for path in chain.files_of(folder)
        for line in path.read_bytes().splitlines()
    ]


def test_a_server_that_is_killed_leaves_no_call_without_its_end(
    config: ServerConfig, tmp_path: Path
) -> None:
    record = tmp_path / "record"
    metrics = f"127.0.0.1:{free_port()}"
    config = dataclasses.replace(config, record=str(record), metrics=metrics)
    killed = start_server(config, tmp_path)
    killed.wait_until_ready()
    assert killed.value("def f(model, tokenizer): return 1") == 1
    running = killed.stub.ExecuteStream(pb.ExecuteStreamRequest(call=request(SLEEPS)))
    next(running)  # accepted
    os.kill(killed.process.pid, signal.SIGKILL)
    killed.process.wait()
    killed.hang_up()
    assert len(verify(record).open) == 1
    again = start_server(config, tmp_path)
    try:
        again.wait_until_ready()
        assert again.value("def f(model, tokenizer): return 2") == 2
        with urllib.request.urlopen(f"http://{metrics}/metrics", timeout=20) as answer:
            shown = answer.read().decode()
        assert re.search(r'cloche_calls_total\{.*outcome="returned".*\} 1\.0', shown)
        assert re.search(r"cloche_sandboxes_ready\{.*\} [0-9]", shown)
    finally:
        again.hang_up()
        again.process.wait(60)
    assert verify(record).open == ()
    ended = [each for each in lines(record) if each["event"] == "ended"]
    assert [each["outcome"] for each in ended] == ["returned", "lost", "returned"]
    begun = [each for each in lines(record) if each["event"] == "begun"]
    assert [each["call_id"] for each in begun] == [each["call_id"] for each in ended]
    assert all(len(each["sha256"]) == 64 and each["caller"] for each in begun)
    assert "time.sleep" not in json.dumps(begun)
