"""Configure what a server holds and allows: frozen, checked once, with the unit in the name.

Each setting is written once, here: the client's arguments, the command line's options, what the
model's process is sent and what is deployed are made from these fields.
"""

from __future__ import annotations

import dataclasses
import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, Self, TypedDict

from cloche.contract.address import is_address
from cloche.contract.settings import ConfigError, Named, check, from_given, setting

__all__ = [
    "ADMISSIBLE", "FIRST_ADAPTER", "GIB", "INLINE_BYTES", "MIB", "UPLOAD_PIECE_BYTES",
    "ConfigError", "Files", "Limits", "ModelConfig", "ModelSettings", "ServerConfig", "Wall",
]  # fmt: skip

MIB = 1 << 20
GIB = 1 << 30

# Of args and kwargs together, in one message: gRPC holds it whole before anybody sees it.
INLINE_BYTES = 4 * MIB
# Of one piece of an upload, for the same reason.
UPLOAD_PIECE_BYTES = 4 * MIB
# What the front takes by itself, and what gRPC holds beside what callers make it hold.
_FRONT_OWN_BYTES = 256 * MIB
# With less for callers, large requests that come at once would take more than was given.
_FRONT_LEAST_BYTES = _FRONT_OWN_BYTES + 128 * MIB

Wall = Literal["language", "kernel"]

# Libraries that techniques may import where the operator says so.
ADMISSIBLE = ("scipy", "sklearn")

# What peft itself calls an adapter that was given no name.
FIRST_ADAPTER = "default"

# It travels to the model's process in one packet.
_PROMPT_MAX_BYTES = 32 << 10


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What one call may use: the default where the caller asks for nothing, and the cap."""

    timeout_default_s: float = setting(
        60.0, help="Seconds of a call that asks for none.", flag="timeout-default"
    )
    timeout_max_s: float = setting(600.0, help="Seconds of a call, at most.", flag="timeout-max")
    memory_default_bytes: int = setting(
        4 * GIB,
        help='Memory that a call may add if it asks for none: "4GB".',
        flag="memory-default",
        size=True,
    )
    memory_max_bytes: int = setting(
        16 * GIB,
        help='Memory that a call may add, at most: "16GB".',
        flag="memory-max",
        size=True,
    )
    source_max_bytes: int = setting(1 * MIB)
    arguments_max_bytes: int = setting(1 * GIB)
    result_default_bytes: int = setting(256 * MIB)
    result_max_bytes: int = setting(
        1 * GIB, help='Of one result: "1GB".', flag="result-max", size=True
    )
    output_default_bytes: int = setting(1 * MIB)
    output_max_bytes: int = setting(
        16 * MIB, help='Of what one call prints: "16MB".', flag="output-max", size=True
    )
    concurrent_calls: int = setting(8, help="Calls that run at once.", flag="concurrency")
    queued_calls: int = setting(64, help="Calls that may wait, of all connections.", flag="queue")
    sessions: int = setting(16, help="Sessions open at once, copies included.", flag="sessions")
    sessions_each: int = setting(8, help="The same, of one connection.", flag="sessions-each")
    session_idle_max_s: float = setting(
        900.0, help="Seconds after which an idle session ends, at most.", flag="session-idle"
    )
    session_lifetime_max_s: float = setting(
        4 * 3600.0, help="Seconds after which a session ends, at most.", flag="session-lifetime"
    )
    session_checkpoints_max: int = setting(
        16, help="Earlier states that a session keeps, at most.", flag="session-checkpoints"
    )
    # Names of those that somebody gave: the same value as the default's is then no default.
    given: tuple[str, ...] = field(default=(), compare=False)

    def __post_init__(self) -> None:
        check(self)
        for cap, default in CAPS.items():
            if getattr(self, default) > getattr(self, cap):
                raise ConfigError(
                    Named(default), f" is {getattr(self, default)}, above ", Named(cap),
                    f", {getattr(self, cap)}",
                )  # fmt: skip

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> Self:
        """Makes limits; a cap below the built-in default lowers the default with it.

        Raises:
            ConfigError: a setting that cannot be meant.
        """
        fields = from_given(cls, given)
        chosen = tuple(fields)
        for cap, default in CAPS.items():
            if cap in fields and default not in fields:
                usual = cls.__dataclass_fields__[default].default
                if isinstance(fields[cap], (int, float)):
                    fields[default] = min(fields[cap], usual)
        return cls(**fields, given=chosen)

    def chose(self, name: str) -> bool:
        """Whether somebody wants this value, rather than any that fits."""
        default: object = type(self).__dataclass_fields__[name].default
        return name in self.given or getattr(self, name) != default


#: By what a caller may ask for at most: what it gets without asking.
CAPS = {
    "timeout_max_s": "timeout_default_s",
    "memory_max_bytes": "memory_default_bytes",
    "result_max_bytes": "result_default_bytes",
    "output_max_bytes": "output_default_bytes",
}


@dataclass(frozen=True, kw_only=True)
class Files:
    """What `models.fetch` finds on disk or downloads: the files of one model, or of one adapter."""

    name: str
    revision: str | None = None
    # What the adapter is called; None: they are a model's.
    adapter: str | None = None
    with_code: bool = False

    def arguments(self) -> tuple[str, ...]:
        """Of its command line."""
        revision = () if self.revision is None else ("--revision", self.revision)
        adapter = () if self.adapter is None else ("--adapter",)
        code = ("--with-code",) if self.with_code else ()
        return (*revision, *adapter, *code, "--", self.name)


@dataclass(frozen=True, kw_only=True)
class ModelConfig:
    """Which model, and how it is held."""

    name: str = setting()
    revision: str | None = setting(
        None, help="The model's commit or branch.", flag="revision", per_model="revision"
    )
    # "auto" keeps what the weights were saved in.
    dtype: Literal["float32", "bfloat16", "float16", "auto"] = setting(
        "float32", help="How the weights are held", flag="dtype", per_model="dtype"
    )
    # An allowlist: transformers takes a hub repository here too, and would run the kernel in it.
    # Attention maps exist only in the eager implementation.
    attn_implementation: Literal["eager", "sdpa"] = setting(
        "eager", help="Only eager gives attention maps", flag="attn", per_model="attn"
    )
    # Threads of a forward pass inside a sandbox.
    threads: int = setting(
        factory=lambda: min(4, os.cpu_count() or 1),
        help="Threads of a forward pass.", flag="threads", per_model="threads",
    )  # fmt: skip
    # The model that `name`, a LoRA adapter, was made for; the tokenizer is its own.
    base_model: str | None = setting(
        None, help="The model is a LoRA adapter, made for this one.", flag="base-model"
    )
    base_revision: str | None = setting(
        None, help="The base model's commit or branch.", flag="base-revision"
    )
    # What techniques call them, and where they are.
    adapters: tuple[tuple[str, str], ...] = setting(
        (), help="One more adapter of that model. Repeat as needed.", flag="adapter",
        metavar="NAME=ADAPTER",
    )  # fmt: skip
    # So that it cannot be switched off.
    merge_adapter: bool = setting(
        False, help="Add the adapter to the weights.", flag="merge-adapter"
    )
    # Put before everything that a technique tokenizes.
    hidden_system_prompt: str | None = setting(
        None, help="A file with text that is put before everything that techniques tokenize",
        flag="hidden-prompt-file", secret=True,
    )  # fmt: skip
    redact_hidden_prompt: bool = setting(
        False, help="Leave it out of decoded text, its ids out of results.",
        flag="redact-hidden-prompt",
    )  # fmt: skip
    # While it loads and whenever it is called.
    trust_remote_code: bool = setting(
        False, help="Run code from the model's files. Read it first.", flag="trust-remote-code"
    )
    dequantize: bool = setting(
        False, help="Load quantised weights (fp8, mxfp4) as plain tensors.", flag="dequantize"
    )
    # The language wall's tables do not vouch for their compiled code; see docs/policy.md.
    allow_libraries: tuple[str, ...] = setting(
        (), help="Techniques may import this library: scipy, sklearn. Repeat as needed.",
        flag="allow-library", metavar="LIBRARY", local=True,
    )  # fmt: skip
    # A GPU is refused at the start, with what is missing: docs/gpu.md.
    device: Literal["cpu", "cuda"] = setting(
        "cpu", help="Where the weights lie", flag="device", local=True
    )
    # With handles a loader process leaves the weights behind and every sandbox maps them read-only:
    # a GPU's only way. A fork inherits them, which is sooner, and what None means elsewhere.
    weights: Literal["fork", "handles"] | None = setting(
        None, help="How sandboxes get the weights", flag="weights", local=True
    )
    offline: bool = setting(
        False, help="Take files from disk only; ask no hub.", flag="offline", local=True
    )
    cache_dir: str | None = setting(
        None, help="The hub's cache, if not where HF_HOME says.", flag="cache-dir", local=True
    )
    # What calls name it by, where there are several; None means `name`.
    served_as: str | None = setting(
        None, help="What calls and info() name the model by.", flag="served-name"
    )
    # Of its own pool and calls; None means the server's.
    pool_size: int | None = setting(None, per_model="pool")
    memory_max_bytes: int | None = setting(None, per_model="memory-max", size=True)

    def __post_init__(self) -> None:
        if self.served_as == "":
            raise ConfigError(Named("served_as"), " is empty; give it a name, or leave it out")
        if self.name == "":
            raise ConfigError(
                Named("model_name"), " is ''; it must be a directory or a model's name"
            )
        check(self)
        self._check_libraries()
        if self.device == "cuda" and self.weights == "fork":
            raise ConfigError(
                Named("weights"),
                " is 'fork'; a fork inherits nothing of what lies on a GPU: leave it out",
            )
        self._check_adapters()
        self._check_prompt()

    @classmethod
    def of(cls, name: object, given: Mapping[str, Any]) -> Self:
        """Makes a model's settings from what a caller gave: None takes the default.

        Raises:
            ConfigError: a setting that cannot be meant.
        """
        if not isinstance(name, (str, Path)):
            raise ConfigError(
                Named("model_name"), f" is {name!r}; it must be a directory or a model's name"
            )
        return cls(name=str(name), **from_given(cls, given))

    @property
    def hands_over(self) -> bool:
        """Whether sandboxes are handed the weights, rather than inherit them."""
        return self.weights == "handles" or self.device == "cuda"

    @property
    def label(self) -> str:
        """What Call.model says."""
        return self.name if self.served_as is None else self.served_as

    @property
    def files(self) -> tuple[Files, ...]:
        """Those of its adapters, the first one first, then the model's own."""
        code = self.trust_remote_code
        if self.base_model is None:
            return (Files(name=self.name, revision=self.revision, with_code=code),)
        return (
            Files(name=self.name, revision=self.revision, adapter=FIRST_ADAPTER),
            *(Files(name=place, adapter=name) for name, place in self.adapters),
            Files(name=self.base_model, revision=self.base_revision, with_code=code),
        )

    def _check_prompt(self) -> None:
        prompt = self.hidden_system_prompt
        if prompt is None:
            if self.redact_hidden_prompt:
                raise ConfigError(
                    Named("redact_hidden_prompt"), " needs ", Named("hidden_system_prompt")
                )
        elif not prompt.strip():
            raise ConfigError(Named("hidden_system_prompt"), " must be text, and not empty")
        elif len(prompt.encode(errors="replace")) > _PROMPT_MAX_BYTES:
            raise ConfigError(
                Named("hidden_system_prompt"), f" takes more than {_PROMPT_MAX_BYTES} bytes"
            )

    def _check_libraries(self) -> None:
        for name in self.allow_libraries:
            if name not in ADMISSIBLE:
                raise ConfigError(
                    Named("allow_libraries"),
                    f" has {name!r}; libraries that may be admitted are {', '.join(ADMISSIBLE)}",
                )

    def _check_adapters(self) -> None:
        if self.base_model is None:
            for name in ("base_revision", "adapters", "merge_adapter"):
                if getattr(self, name):
                    raise ConfigError(
                        Named(name), " is for adapters; give ", Named("base_model"), " too"
                    )
        names = [FIRST_ADAPTER, *(name for name, _ in self.adapters)]
        for name in names:
            if not name.isidentifier() or names.count(name) > 1:
                raise ConfigError(
                    Named("adapters"),
                    f" has the name {name!r}; names are identifiers, each once, and "
                    f"{FIRST_ADAPTER!r} is the first adapter's",
                )
        if self.merge_adapter and self.adapters:
            raise ConfigError(
                Named("merge_adapter"), " merges one adapter; leave ", Named("adapters"), " out"
            )


class ModelSettings(TypedDict, total=False):
    """The settings of ModelConfig that a caller gives, by name; None takes the default."""

    revision: str | None
    dtype: Literal["float32", "bfloat16", "float16", "auto"] | None
    attn_implementation: Literal["eager", "sdpa"] | None
    threads: int | None
    base_model: str | Path | None
    base_revision: str | None
    adapters: Mapping[str, str | Path] | None
    merge_adapter: bool
    hidden_system_prompt: str | None
    redact_hidden_prompt: bool
    trust_remote_code: bool
    dequantize: bool
    allow_libraries: tuple[str, ...]
    device: Literal["cpu", "cuda"] | None
    weights: Literal["fork", "handles"] | None
    offline: bool
    cache_dir: str | Path | None


@dataclass(frozen=True, kw_only=True)
class ServerConfig:
    """Everything that `serve` needs."""

    model: ModelConfig
    # More models, each with a process, a pool and limits of its own. Calls that name none get the
    # first.
    also: tuple[ModelConfig, ...] = ()
    listen: str = setting("127.0.0.1:50051", help="host:port, or unix:/path.", flag="listen")
    limits: Limits = field(default_factory=Limits)
    pool_size: int = setting(4, help="Sandboxes forked ahead.", flag="pool")
    front_memory_bytes: int = setting(
        512 * MIB,
        help='The most that the front may take, requests and answers included: "512MiB".',
        flag="front-memory",
        size=True,
    )
    socket_mode: str | None = setting(
        None, help='Who may connect to a Unix socket, in octal: "660".', flag="socket-mode"
    )
    access: str | None = setting(
        None,
        help="A directory with who may call, which cloche token writes. Every call then needs a "
        "token.",
        flag="access",
    )
    record: str | None = setting(
        None,
        help="A directory for the audit log, from which cloche usage and budgets are counted.",
        flag="record",
    )
    metrics: str | None = setting(
        None, help="host:port where Prometheus reads metrics, such as 127.0.0.1:9464.",
        flag="metrics",
    )  # fmt: skip
    tls_certificate: str | None = setting(
        None, help="A PEM file with the server's certificates; read again when it changes.",
        flag="tls-cert",
    )  # fmt: skip
    tls_key: str | None = setting(None, help="A PEM file with its key.", flag="tls-key")
    tls_client_ca: str | None = setting(
        None, help="A PEM file with who signs callers' certificates: each then needs one.",
        flag="tls-client-ca",
    )  # fmt: skip
    unprotected: bool = setting(
        False,
        help="Listen beyond this machine without tokens or TLS: something in front has both.",
        flag="unprotected",
    )
    drain_s: float = setting(
        10.0, help="Seconds that running calls have to end when the server stops.", flag="drain"
    )
    heartbeat_s: float = setting(
        10.0,
        help="Seconds of a call's silence between signs of life, for proxies on the way.",
        flag="heartbeat",
    )
    log_level: Literal["debug", "info", "warning", "error"] = setting(
        "info", help="What is logged", flag="log-level"
    )
    log_format: Literal["text", "json"] = setting("text", help="How", flag="log-format")
    # Serve although a wall is down. For the tests that show what each wall holds alone: no command
    # line option sets it, and GetServerInfo says so.
    unsafe_walls_off: tuple[Wall, ...] = ()

    def __post_init__(self) -> None:
        check(self)
        labels = [model.label for model in self.models]
        twice = next((label for label in labels if labels.count(label) > 1), None)
        if twice is not None:
            raise ConfigError(f"two models are served as {twice!r}; give one another name")
        if self.front_memory_bytes < _FRONT_LEAST_BYTES:
            raise ConfigError(
                Named("front_memory_bytes"),
                f" is {self.front_memory_bytes}; the front by itself takes up to "
                f"{_FRONT_OWN_BYTES}: give it at least {_FRONT_LEAST_BYTES}",
            )
        if not is_address(self.listen):
            raise ConfigError(
                Named("listen"),
                f" is {self.listen!r}; it must be 'host:port' or 'unix:/path/to/socket'",
            )
        if self.metrics is not None and not is_address(self.metrics):
            raise ConfigError(Named("metrics"), f" is {self.metrics!r}; it must be 'host:port'")
        mode = self.socket_mode
        if mode is not None and not re.fullmatch("0?[0-7]{3}", mode, re.ASCII):
            raise ConfigError(
                Named("socket_mode"),
                f" is {mode!r}; it must be three octal digits, as in '660' or '0660'",
            )
        if (self.tls_certificate is None) != (self.tls_key is None):
            raise ConfigError(
                Named("tls_certificate"), " and ", Named("tls_key"), " belong together; give both"
            )
        if self.tls_client_ca is not None and self.tls_certificate is None:
            raise ConfigError(Named("tls_client_ca"), " needs ", Named("tls_certificate"))
        for wall in self.unsafe_walls_off:
            if wall not in ("language", "kernel"):
                raise ConfigError(
                    Named("unsafe_walls_off"), f" is {wall!r}; choose from language, kernel"
                )

    @classmethod
    def of(
        cls,
        name: object,
        settings: Mapping[str, Any],
        *,
        also: Mapping[str, str | Path],
        limits: Mapping[str, Any],
    ) -> Self:
        """Makes a server's settings from what a caller gave.

        Args:
            name: the model's, or its directory.
            settings: fields of ModelConfig; None takes the default.
            also: more models, by the names to ask for them with.
            limits: fields of Limits.

        Raises:
            ConfigError: a setting that cannot be meant.
        """
        for what, given in (("also", also), ("limits", limits)):
            if not isinstance(given, Mapping):
                raise ConfigError(Named(what), f" is {given!r}; it must be a mapping of names")
        return cls(
            model=ModelConfig.of(name, settings),
            also=tuple(
                ModelConfig.of(place, {"served_as": label}) for label, place in also.items()
            ),
            limits=Limits.of(limits),
        )

    @property
    def held_max_bytes(self) -> int:
        """What requests and answers may take of the front's memory."""
        return self.front_memory_bytes - _FRONT_OWN_BYTES

    @property
    def models(self) -> tuple[ModelConfig, ...]:
        """All that are served, the default one first."""
        return (self.model, *self.also)

    def limits_of(self, model: ModelConfig) -> Limits:
        """The server's limits, with the model's own memory."""
        most = model.memory_max_bytes
        if most is None:
            return self.limits
        default = min(most, self.limits.memory_default_bytes)
        return dataclasses.replace(self.limits, memory_max_bytes=most, memory_default_bytes=default)

    def to_json(self) -> str:
        """One line that `from_json` reads back."""
        return json.dumps(dataclasses.asdict(self))

    @classmethod
    def from_json(cls, text: str) -> ServerConfig:
        """Raises ConfigError for anything that `to_json` cannot have written."""
        try:
            raw: dict[str, Any] = json.loads(text)
            return cls(
                model=_model(raw.pop("model")),
                also=tuple(_model(each) for each in raw.pop("also", ())),
                limits=_limits(raw.pop("limits", {})),
                unsafe_walls_off=tuple(raw.pop("unsafe_walls_off", ())),
                **raw,
            )
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise ConfigError(f"not a server configuration: {error}") from None


def _limits(raw: dict[str, Any]) -> Limits:
    return Limits(**raw | {"given": tuple(raw.get("given", ()))})


def _model(raw: dict[str, Any]) -> ModelConfig:
    adapters = tuple((str(name), str(place)) for name, place in raw.pop("adapters", ()))
    libraries = tuple(raw.pop("allow_libraries", ()))
    return ModelConfig(**raw, adapters=adapters, allow_libraries=libraries)
