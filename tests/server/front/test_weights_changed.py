"""Weights that are not as they were loaded: said at ERROR, loaded anew once, and then not again."""

from __future__ import annotations

import asyncio
import logging
import socket
from typing import Any

import pytest
from cloche.contract.config import ModelConfig, ServerConfig
from cloche_server.front.supervisor import StartError, Supervisor
from cloche_server.front.zygote import WeightsChanged, Zygote
from cloche_server.ipc import control


class Process:
    """A zygote's process that has ended by itself."""

    async def wait(self) -> int:
        return 0


async def _heard(*messages: control.FromZygote) -> BaseException:
    """How the front sees a zygote end that said this."""
    front, back = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    front.setblocking(False)
    process: Any = Process()
    zygote = Zygote(process, front)
    with back:
        for message in messages:
            back.send(control.pack(message))
    await zygote._listen(lambda text, fraction: None)
    return await asyncio.wait_for(zygote.ended, 5)


async def test_an_audit_that_finds_a_change_is_the_zygotes_end(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with caplog.at_level(logging.INFO, "cloche.audit"):
        death = await _heard(
            control.Audited(True, "10 bytes are as loaded"),
            control.Audited(False, "slab 3 of 7 differs"),
        )
    assert isinstance(death, WeightsChanged)
    assert str(death) == "the weights have changed: slab 3 of 7 differs"
    assert [record.levelname for record in caplog.records] == ["INFO", "ERROR"]
    assert "slab 3 of 7" in caplog.text
    assert "in doubt" in caplog.text


async def test_one_that_finds_none_is_not(caplog: pytest.LogCaptureFixture) -> None:
    assert not isinstance(await _heard(control.Audited(True, "as loaded")), WeightsChanged)


def test_the_second_time_within_an_hour_stops_the_server(monkeypatch: pytest.MonkeyPatch) -> None:
    model = ModelConfig(name="some")
    supervisor = Supervisor(ServerConfig(model=model), model, lambda state: None)
    now = 1000.0
    monkeypatch.setattr("cloche_server.front.supervisor.time.monotonic", lambda: now)
    supervisor._weights_changed(WeightsChanged("the weights have changed"))
    now += 3601
    supervisor._weights_changed(WeightsChanged("the weights have changed"))
    now += 3599
    with pytest.raises(StartError, match="for the second time in an hour"):
        supervisor._weights_changed(WeightsChanged("the weights have changed"))
