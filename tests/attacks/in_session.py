"""An attack in a session: what a session is given for its life must not help it.

The attack is the second call of a session of its own. It may change what that session's next call
finds, and nothing of anybody else's: a bystander's session and its fork are looked at, and calls
without a session as ever.
"""

from __future__ import annotations

import contextlib
from typing import Any, Final

import grpc
from cloche import wire
from cloche.v1 import execution_pb2 as pb

from tests.attacks.attack import Ask, Attack
from tests.attacks.behind_server import Target
from tests.attacks.held import Holdings, children, holdings
from tests.attacks.scene import Scene
from tests.support.server import RunningServer, request

_PATIENCE_S: Final = 120.0
_TRIVIAL: Final = "def trivial(model, tokenizer):\n    return 1\n"
_WEIGHT: Final = """
def weight(model, tokenizer):
    return next(model.parameters()).sum().item()
"""


class SessionTarget(Target):
    """Each attack gets a session, which is closed after it."""

    _keepers = 1

    def __init__(self, server: RunningServer, scene: Scene) -> None:
        super().__init__(server, scene)
        self._handle = ""
        stub, handle = server.stub, self._open(256 << 20)
        forked = stub.ForkSession(pb.ForkSessionRequest(handle=handle), timeout=_PATIENCE_S)
        self._bystanders = (handle, forked.session.handle)
        self._weight = [self._weighed(each) for each in self._bystanders]

    def next_call(self) -> str | None:
        """As the target's; and what the bystanders' next calls find."""
        if [self._weighed(each) for each in self._bystanders] != self._weight:
            return "another's session met another world"
        return super().next_call()

    def _run(self, attack: Attack) -> tuple[Any, str | None]:
        try:
            return super()._run(attack)
        finally:
            with contextlib.suppress(grpc.RpcError):
                self.server.stub.CloseSession(
                    pb.CloseSessionRequest(handle=self._handle), timeout=_PATIENCE_S
                )

    def _prepare(self, call: pb.Call, ask: Ask) -> dict[int, Holdings]:
        before = self._session_processes()
        self._handle = self._open(ask.memory_bytes)
        first = request(_TRIVIAL)
        first.session = call.session = self._handle
        self.server.stub.Execute(pb.ExecuteRequest(call=first), timeout=_PATIENCE_S)
        return {pid: holdings(pid) for pid in self._session_processes() - before}

    def _session_processes(self) -> set[int]:
        return {pid for keeper in children(self._zygote) for pid in children(keeper)}

    def _open(self, memory_bytes: int) -> str:
        wish = pb.SessionOptions(memory_bytes=memory_bytes)
        asked = pb.OpenSessionRequest(options=wish)
        handle: str = self.server.stub.OpenSession(asked, timeout=_PATIENCE_S).session.handle
        return handle

    def _weighed(self, handle: str) -> Any:
        call = request(_WEIGHT, timeout_s=60)
        call.session = handle
        answer = self.server.stub.Execute(pb.ExecuteRequest(call=call), timeout=_PATIENCE_S)
        return wire.decode(answer.result)
