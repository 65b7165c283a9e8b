"""Represent what a server says of itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from cloche.client.events import seconds
from cloche.client.shown import shown
from cloche.contract.text import visible
from cloche.v1 import execution_pb2 as pb

if TYPE_CHECKING:
    from collections.abc import Mapping

State = Literal["unknown", "starting", "ready", "recovering", "stopping"]
_STATES: dict[int, State] = {
    pb.SERVER_STATE_UNSPECIFIED: "unknown",
    pb.SERVER_STATE_STARTING: "starting",
    pb.SERVER_STATE_READY: "ready",
    pb.SERVER_STATE_RECOVERING: "recovering",
    pb.SERVER_STATE_STOPPING: "stopping",
}


@dataclass(frozen=True, kw_only=True)
class ModelInfo:
    """The served model. `revision` is a commit hash, empty for a local directory.

    `trust_remote_code`: it runs code from its own files, since the operator trusts that.
    `base_model` is the model of an adapter, and `adapters` are those that can be switched.
    `dequantized_from` is the method of a checkpoint that was quantised, such as "fp8"; else empty.
    """

    name: str
    revision: str
    architecture: str
    dtype: str
    device: str
    parameters: int
    weight_bytes: int
    attn_implementation: str
    threads: int
    trust_remote_code: bool = False
    base_model: str = ""
    adapters: tuple[str, ...] = ()
    dequantized_from: str = ""


@dataclass(frozen=True, kw_only=True)
class ServerLimits:
    """What one call may use: the default where it asks for nothing, and the cap."""

    timeout_default_s: float
    timeout_max_s: float
    memory_default_bytes: int
    memory_max_bytes: int
    source_max_bytes: int
    arguments_max_bytes: int
    result_default_bytes: int
    result_max_bytes: int
    output_default_bytes: int
    output_max_bytes: int
    concurrent_calls: int
    queued_calls: int


@dataclass(frozen=True, kw_only=True)
class Layer:
    """One layer of a wall, as proved when the server started, and the holes it closes."""

    name: str
    active: bool
    detail: str
    closes: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class ServedModel:
    """One of a server's models. `name` is what `with_options(model=...)` takes."""

    name: str
    state: State
    state_detail: str
    state_fraction: float | None
    model: ModelInfo
    memory_default_bytes: int
    memory_max_bytes: int


@dataclass(frozen=True, kw_only=True)
class ServerInfo:
    """State, model, limits, what techniques may import, layers of the walls, versions.

    `state_fraction`, 0 to 1, says how far the stage that `state_detail` names has got. `model` is
    what calls get that name none, the first of `models`; the server is ready when one of them is.

    `not_audited` are installed releases, such as "torch 2.14", on which nobody has gone through the
    language wall's tables; `skipped_names` of these tables' names are not in what is installed.
    """

    state: State
    state_detail: str
    state_fraction: float | None
    model: ModelInfo
    limits: ServerLimits
    importable_modules: tuple[str, ...]
    layers: tuple[Layer, ...]
    versions: Mapping[str, str]
    models: tuple[ServedModel, ...] = ()
    not_audited: tuple[str, ...] = ()
    skipped_names: int = 0

    @property
    def audited(self) -> bool:
        """Whether the language wall's tables were gone through on all that is installed."""
        return not self.not_audited

    @property
    def audit(self) -> str:
        """The same in words."""
        if self.audited:
            return "audited on these releases"
        skipped = f"; {self.skipped_names} names skipped" if self.skipped_names else ""
        return f"not audited on {', '.join(self.not_audited)}{skipped}"

    def __str__(self) -> str:
        model, limits = self.model, self.limits
        active = ", ".join(layer.name for layer in self.layers if layer.active) or "none"
        versions = ", ".join(f"{name} {version}" for name, version in sorted(self.versions.items()))
        on = f" on {model.base_model}" if model.base_model else ""
        detail = f" ({self.state_detail})" if self.state_detail else ""
        lines = [
            f"state     {self.state}{detail}",
            f"model     {model.name}{on} ({model.architecture}, {model.parameters:,} parameters)",
            f"held as   {model.dtype} on {model.device}, {model.threads} threads",
            f"limits    {limits.timeout_max_s:g} s, {size(limits.memory_max_bytes)} of memory",
            f"layers    {active}",
            f"versions  {versions}",
            f"policy    {self.audit}",
        ]
        if len(self.models) > 1:
            served = ", ".join(f"{each.name} ({each.state})" for each in self.models)
            lines.append(f"models    {served}")
        return "\n".join(map(visible, lines))


def server_info(message: pb.GetServerInfoResponse) -> ServerInfo:
    """The wire's message as a value of our own."""
    shown(message)
    model, limits = message.model, message.limits
    return ServerInfo(
        state=_STATES.get(message.state, "unknown"),
        state_detail=message.state_detail,
        state_fraction=_fraction(message),
        model=_model_info(model),
        limits=ServerLimits(
            timeout_default_s=seconds(limits.timeout_default),
            timeout_max_s=seconds(limits.timeout_max),
            memory_default_bytes=limits.memory_default_bytes,
            memory_max_bytes=limits.memory_max_bytes,
            source_max_bytes=limits.source_max_bytes,
            arguments_max_bytes=limits.arguments_max_bytes,
            result_default_bytes=limits.result_default_bytes,
            result_max_bytes=limits.result_max_bytes,
            output_default_bytes=limits.output_default_bytes,
            output_max_bytes=limits.output_max_bytes,
            concurrent_calls=limits.concurrent_calls,
            queued_calls=limits.queued_calls,
        ),
        importable_modules=tuple(message.importable_modules),
        layers=tuple(
            Layer(name=x.name, active=x.active, detail=x.detail, closes=tuple(x.closes))
            for x in message.layers
        ),
        versions=dict(message.versions),
        models=tuple(map(_served_model, message.models)),
        not_audited=tuple(message.not_audited),
        skipped_names=message.skipped_names,
    )


def _served_model(message: pb.ServedModel) -> ServedModel:
    return ServedModel(
        name=message.name,
        state=_STATES.get(message.state, "unknown"),
        state_detail=message.state_detail,
        state_fraction=_fraction(message),
        model=_model_info(message.model),
        memory_default_bytes=message.memory_default_bytes,
        memory_max_bytes=message.memory_max_bytes,
    )


def _fraction(message: pb.GetServerInfoResponse | pb.ServedModel) -> float | None:
    """None where it is not known, or not a fraction."""
    fraction = message.state_fraction
    return fraction if message.HasField("state_fraction") and 0 <= fraction <= 1 else None


def _model_info(model: pb.ModelInfo) -> ModelInfo:
    return ModelInfo(
        name=model.name,
        revision=model.revision,
        architecture=model.architecture,
        dtype=model.dtype,
        device=model.device,
        parameters=model.parameters,
        weight_bytes=model.weight_bytes,
        attn_implementation=model.attn_implementation,
        threads=model.threads,
        trust_remote_code=model.trust_remote_code,
        base_model=model.base_model,
        adapters=tuple(model.adapters),
        dequantized_from=model.dequantized_from,
    )


def size(count: float) -> str:
    """A number of bytes for people: "1.5 GiB"."""
    for unit in ("B", "KiB", "MiB"):
        if count < 1024:
            return f"{count:.4g} {unit}"
        count /= 1024
    return f"{count:.4g} GiB"
