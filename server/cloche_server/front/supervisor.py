"""Keeps a zygote alive: fetches the model, starts it, and starts it again when it dies."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from cloche.contract.config import Files, ModelConfig, ServerConfig
from cloche.contract.status import Reason
from cloche.v1 import execution_pb2 as pb

from cloche_server.fitting import one_line
from cloche_server.front.pool import Pool
from cloche_server.front.zygote import WeightsChanged, Zygote, ZygoteDied, ZygoteFailed
from cloche_server.ipc import control
from cloche_server.refusal import Refusal

_log = logging.getLogger(__name__)

_FIRST_BACKOFF_S = 0.2
_LAST_BACKOFF_S = 30.0
_RETRY_AFTER_S = 1.0
# Weights that change twice in this time are no accident that loading them again would fix.
_CHANGED_AGAIN_S = 3600.0


class StartError(Exception):
    """The server cannot come up; the message says why and what to do."""


@dataclass(frozen=True)
class Serving:
    """What a call needs while the model is held."""

    zygote: Zygote
    pool: Pool
    facts: control.Loaded


class Supervisor:
    """Owns one model's zygote, its whole life.

    `run` ends only by cancellation or with StartError.
    """

    def __init__(
        self,
        config: ServerConfig,
        model: ModelConfig,
        on_state: Callable[[pb.ServerState.ValueType], None],
    ) -> None:
        self._config = config
        self.model = model
        self.limits = config.limits_of(model)
        self._on_state = on_state
        self._serving: Serving | None = None
        self.facts: control.Loaded | None = None
        self._loading_s: float | None = None
        self._changed_at: float | None = None
        self.model_revision = ""
        self.state: pb.ServerState.ValueType = pb.SERVER_STATE_STARTING
        self.detail = "starting"
        self.fraction: float | None = 0.0

    @property
    def sandboxes_ready(self) -> int:
        """Those of the pool that wait for a call."""
        return 0 if self._serving is None else self._serving.pool.ready

    def serving(self) -> Serving:
        """Raises Refusal(NOT_READY) while there is no model to run on."""
        if self._serving is None:
            known = self._loading_s
            took = "" if known is None else f" (loading took {known:.0f} s before)"
            raise Refusal(
                Reason.NOT_READY, f"not ready: {self.detail}{took}", retry_after_s=_RETRY_AFTER_S
            )
        return self._serving

    async def run(self) -> None:
        """Raises StartError when the model cannot be fetched or loaded."""
        boot = await self._fetch()
        backoff_s = _FIRST_BACKOFF_S
        while True:
            try:
                await self._live(boot)
                backoff_s = _FIRST_BACKOFF_S
            except (ZygoteDied, OSError) as error:
                # What has served once is tried again: it may have been ended on its way, too.
                if self.facts is None:
                    raise StartError(_why_not(error)) from None
                _log.error("%s while it was starting again", one_line(str(error)))
            self._enter(pb.SERVER_STATE_RECOVERING, "the model's process died; starting it again")
            await asyncio.sleep(backoff_s)
            backoff_s = min(backoff_s * 2, _LAST_BACKOFF_S)

    def stopping(self) -> None:
        """From now on no call is taken."""
        self._serving = None
        self._enter(pb.SERVER_STATE_STOPPING, "the server is stopping")

    async def _live(self, boot: control.Boot) -> None:
        """One zygote's life. Raises ZygoteDied or OSError where it does not come to serve."""
        zygote = await Zygote.launch(boot, self._stage)
        try:
            await self._serve(zygote, await zygote.loaded())
        finally:
            await zygote.stop()

    async def _serve(self, zygote: Zygote, facts: control.Loaded) -> None:
        """Until the zygote dies."""
        pool = Pool(zygote, self.model.pool_size or self._config.pool_size)
        self.facts = facts
        self._loading_s = zygote.loading_s
        self._serving = Serving(zygote, pool, facts)
        self._enter(pb.SERVER_STATE_READY, "")
        _log.info("%s is ready", self.model.label)
        pool.refill()
        try:
            death = await asyncio.shield(zygote.ended)
            _log.error("%s: %s; starting it again", self.model.label, death)
            if isinstance(death, WeightsChanged):
                self._weights_changed(death)
        finally:
            self._serving = None
            await pool.drain()

    def _weights_changed(self, death: WeightsChanged) -> None:
        """Raises StartError at the second time in an hour."""
        now = time.monotonic()
        if self._changed_at is not None and now - self._changed_at < _CHANGED_AGAIN_S:
            raise StartError(
                f"{death}, for the second time in an hour; look at the machine's memory, and at "
                "what ran: the log has each call"
            )
        self._changed_at = now

    async def _fetch(self) -> control.Boot:
        """The files of the model, and of adapters where it is one."""
        model = self.model
        found = [await self._fetch_one(files) for files in model.files]
        self.model_revision = found[0].get("revision") or ""
        adapters = tuple(
            control.AdapterFiles(files.adapter, each["path"])
            for files, each in zip(model.files, found, strict=True)
            if files.adapter is not None
        )
        return control.Boot(
            model=model,
            model_path=found[-1]["path"],
            revision=self.model_revision,
            adapters=adapters,
            memory_max_bytes=self.limits.memory_max_bytes,
            timeout_max_s=self.limits.timeout_max_s,
            session_lifetime_max_s=self.limits.session_lifetime_max_s,
            walls_off=self._config.unsafe_walls_off,
        )

    async def _fetch_one(self, files: Files) -> dict[str, Any]:
        """By a helper that may hold a hub token and ends before the zygote starts."""
        model = self.model
        self._stage(f"fetching {files.name}", 0.0)
        arguments = [sys.executable, "-P", "-m", "cloche_server.models.fetch"]
        if model.cache_dir is not None:
            arguments += ["--cache-dir", model.cache_dir]
        arguments += files.arguments()
        helper = await asyncio.create_subprocess_exec(
            *arguments,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            env={**os.environ, "HF_HUB_OFFLINE": "1"} if model.offline else None,
            start_new_session=True,
        )
        try:
            answer, _ = await helper.communicate()
        except asyncio.CancelledError:
            with contextlib.suppress(ProcessLookupError):
                helper.kill()
            await helper.wait()
            raise
        try:
            facts: dict[str, Any] = json.loads(answer)
        except ValueError:
            raise StartError(
                f"{files.name} could not be fetched (exit code {helper.returncode})"
            ) from None
        if helper.returncode != 0:
            raise StartError(facts.get("error", f"{files.name} could not be fetched"))
        return facts

    def _stage(self, text: str, fraction: float) -> None:
        state = pb.SERVER_STATE_STARTING if self.facts is None else pb.SERVER_STATE_RECOVERING
        _log.info("%s", text)
        self._enter(state, text, fraction)

    def _enter(
        self, state: pb.ServerState.ValueType, detail: str, fraction: float | None = None
    ) -> None:
        self.state, self.detail, self.fraction = state, detail, fraction
        self._on_state(state)


def _why_not(error: ZygoteDied | OSError) -> str:
    return str(error) if isinstance(error, ZygoteFailed) else f"{error} while it was starting"
