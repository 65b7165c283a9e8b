"""The models of one server: each has a supervisor of its own, and none minds another's death."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final

from cloche.contract.config import ServerConfig
from cloche.contract.status import Reason
from cloche.v1 import execution_pb2 as pb

from cloche_server.front.supervisor import Supervisor
from cloche_server.identity.caller import ANYBODY, Caller
from cloche_server.refusal import Refusal

# What holds for the server, from what holds for its models: the first of these that any is in.
_FIRST: Final = (
    pb.SERVER_STATE_STOPPING,
    pb.SERVER_STATE_READY,
    pb.SERVER_STATE_RECOVERING,
    pb.SERVER_STATE_STARTING,
)
_MOST_NAMES: Final = 20


class Models:
    """All that are served, in their order; calls that name none get the first."""

    def __init__(
        self, config: ServerConfig, on_state: Callable[[pb.ServerState.ValueType], None]
    ) -> None:
        self._on_state = on_state
        self._supervisors = {
            model.label: Supervisor(config, model, self._changed) for model in config.models
        }

    @property
    def supervisors(self) -> tuple[Supervisor, ...]:
        return tuple(self._supervisors.values())

    @property
    def default(self) -> Supervisor:
        return self.supervisors[0]

    @property
    def shown(self) -> Supervisor:
        """Whose state is the server's."""
        return min(self.supervisors, key=lambda each: _FIRST.index(each.state))

    def seen_by(self, who: Caller) -> tuple[Supervisor, ...]:
        """Those that exist for a caller, in their order."""
        return tuple(each for each in self.supervisors if who.may_see(each.model.label))

    def label(self, name: str, who: Caller = ANYBODY) -> str:
        """The label of the model that a call names; of those that exist for its caller.

        Raises:
            Refusal: there is none, or it may see none at all.
        """
        seen = [each.model.label for each in self.seen_by(who)]
        if not seen:
            raise Refusal(
                Reason.FORBIDDEN, "the token may see none of this server's models", field="token"
            )
        if not name:
            return seen[0]
        if name not in seen:
            known = ", ".join(seen[:_MOST_NAMES])
            raise Refusal(
                Reason.REQUEST,
                f"no model is served as {name[:200]!r}; this server has: {known}",
                field="model",
            )
        return name

    def supervisor(self, label: str) -> Supervisor:
        return self._supervisors[label]

    async def run(self) -> None:
        """Raises StartError when a model cannot be fetched or loaded; then none is kept."""
        running = [asyncio.create_task(each.run()) for each in self.supervisors]
        try:
            await asyncio.gather(*running)
        finally:
            for task in running:
                task.cancel()
            await asyncio.gather(*running, return_exceptions=True)

    def stopping(self) -> None:
        """From now on no call is taken."""
        for each in self.supervisors:
            each.stopping()

    def _changed(self, _: pb.ServerState.ValueType) -> None:
        self._on_state(self.shown.state)
