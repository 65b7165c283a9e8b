"""Who may be copied."""

from __future__ import annotations

import asyncio
import os
import socket
from typing import Any

import pytest
from cloche_server.front.channel import Channel
from cloche_server.front.family import Family, Member, NotCopied
from cloche_server.front.memory import MemoryMeter
from cloche_server.front.zygote import Sandbox


class Gate:
    """Would let anybody fork."""

    def permit(self, pid: int) -> Any:
        raise AssertionError("a fork was granted")


async def test_no_fork_is_granted_where_no_namespace_would_end_it() -> None:
    ours, theirs = socket.socketpair()
    sandbox = Sandbox(1, Channel(ours), asyncio.get_running_loop().create_future())
    zygote: Any = None
    family = Family(zygote, sandbox, forks=False)
    gate: Any = Gate()
    family._gate = gate
    member = Member(sandbox, os.getpid(), os.pidfd_open(os.getpid()), MemoryMeter(os.getpid()))
    with theirs, pytest.raises(NotCopied, match="cannot copy sessions"):
        await family.copy(member)
    assert member.pidfd is not None
    os.close(member.pidfd)
    member.memory.close()
    sandbox.close()
