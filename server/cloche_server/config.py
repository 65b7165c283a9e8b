"""What a server is told: frozen, checked once, with the unit in the name."""

from __future__ import annotations

import dataclasses
import json
import os
import re
from dataclasses import dataclass, field
from typing import Any, Literal

MIB = 1 << 20
GIB = 1 << 30

# Of args and of kwargs, in one message: gRPC holds it whole before anybody sees it.
INLINE_BYTES = 64 * MIB

Wall = Literal["language", "kernel"]

# What peft itself calls an adapter that was given no name.
FIRST_ADAPTER = "default"

# An address in brackets where it holds colons; port 0 is any that is free.
_LISTEN = re.compile(r"unix:.+|(?:\[[0-9a-fA-F:.%]+\]|[^\s/:\[\]]+):(?P<port>\d{1,5})", re.DOTALL)

# It travels to the model's process in one packet.
_PROMPT_MAX_BYTES = 32 << 10


class ConfigError(Exception):
    """A setting that cannot be meant; the message names it, its value and its range."""


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What one call may use: the default where the caller asks for nothing, and the cap."""

    timeout_default_s: float = 60.0
    timeout_max_s: float = 600.0
    memory_default_bytes: int = 4 * GIB
    memory_max_bytes: int = 16 * GIB
    source_max_bytes: int = 1 * MIB
    arguments_max_bytes: int = 1 * GIB
    result_default_bytes: int = 256 * MIB
    result_max_bytes: int = 1 * GIB
    output_default_bytes: int = 1 * MIB
    output_max_bytes: int = 16 * MIB
    concurrent_calls: int = 8
    queued_calls: int = 64

    def __post_init__(self) -> None:
        for item in dataclasses.fields(self):
            _positive(f"limits.{item.name}", getattr(self, item.name))
        for name in ("timeout", "memory", "result", "output"):
            unit = "s" if name == "timeout" else "bytes"
            default = getattr(self, f"{name}_default_{unit}")
            cap = getattr(self, f"{name}_max_{unit}")
            if default > cap:
                raise ConfigError(
                    f"limits.{name}_default_{unit} is {default}, above {name}_max_{unit}, {cap}"
                )


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

    name: str
    revision: str | None = None
    dtype: Literal["float32", "bfloat16", "float16", "auto"] = "float32"
    # Attention maps exist only in the eager implementation.
    attn_implementation: Literal["eager", "sdpa"] = "eager"
    # Where the weights lie. Sandboxes share them, and only the CPU's memory can be shared so far.
    device: Literal["cpu"] = "cpu"
    # Run code from the model's own files, while it loads and whenever it is called.
    trust_remote_code: bool = False
    # Load a quantised checkpoint as plain tensors of `dtype`, where transformers can.
    dequantize: bool = False
    # Take the files from disk only: ask no hub, even for a name.
    offline: bool = False
    # The hub's cache; None means where HF_HOME and HF_HUB_CACHE say.
    cache_dir: str | None = None
    # The model that `name`, a LoRA adapter, was made for; the tokenizer is its own.
    base_model: str | None = None
    base_revision: str | None = None
    # More adapters of that model: what techniques call them, and where they are.
    adapters: tuple[tuple[str, str], ...] = ()
    # Add the adapter to the weights, so that it cannot be switched off.
    merge_adapter: bool = False
    # Put before everything that a technique tokenizes. Shown nowhere, and so never in a message.
    hidden_system_prompt: str | None = field(default=None, repr=False)
    # Leave it out of text that ids are decoded to.
    redact_hidden_prompt: bool = False
    # What calls name it by, where there are several; None means `name`.
    served_as: str | None = None
    # Of its own pool and calls; None means the server's.
    pool_size: int | None = None
    memory_max_bytes: int | None = None
    # Threads of a forward pass inside a sandbox.
    threads: int = field(default_factory=lambda: min(4, os.cpu_count() or 1))

    def __post_init__(self) -> None:
        if not self.name:
            raise ConfigError("model.name is empty; name a directory or a Hugging Face model")
        _choice("model.dtype", self.dtype, ("float32", "bfloat16", "float16", "auto"))
        _choice("model.attn_implementation", self.attn_implementation, ("eager", "sdpa"))
        if self.device != "cpu":
            raise ConfigError(
                f"model.device is {self.device!r}; only 'cpu' is served: sandboxes share one copy "
                "of the weights, and a fork cannot share what lies on another device"
            )
        for name in (
            "trust_remote_code",
            "dequantize",
            "offline",
            "merge_adapter",
            "redact_hidden_prompt",
        ):
            if type(getattr(self, name)) is not bool:
                raise ConfigError(f"model.{name} is {getattr(self, name)!r}; use true or false")
        self._check_adapters()
        self._check_prompt()
        _positive("model.threads", self.threads)
        for name in ("pool_size", "memory_max_bytes"):
            if getattr(self, name) is not None:
                _positive(f"model.{name}", getattr(self, name))
        if self.served_as == "":
            raise ConfigError("model.served_as is empty; give it a name, or leave it out")

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
                raise ConfigError("model.redact_hidden_prompt needs model.hidden_system_prompt")
            return
        if type(prompt) is not str or not prompt.strip():
            raise ConfigError("model.hidden_system_prompt must be text, and not empty")
        if len(prompt.encode(errors="replace")) > _PROMPT_MAX_BYTES:
            raise ConfigError(
                f"model.hidden_system_prompt takes more than {_PROMPT_MAX_BYTES} bytes"
            )

    def _check_adapters(self) -> None:
        if self.base_model is None:
            for name in ("base_revision", "adapters", "merge_adapter"):
                if getattr(self, name):
                    raise ConfigError(f"model.{name} is for adapters; give model.base_model too")
        names = [FIRST_ADAPTER, *(name for name, _ in self.adapters)]
        for name in names:
            if not name.isidentifier() or names.count(name) > 1:
                raise ConfigError(
                    f"model.adapters has the name {name!r}; names are identifiers, each once, and "
                    f"{FIRST_ADAPTER!r} is the first adapter's"
                )
        if self.merge_adapter and self.adapters:
            raise ConfigError("model.merge_adapter merges one adapter; leave model.adapters out")


@dataclass(frozen=True, kw_only=True)
class ServerConfig:
    """Everything that `serve` needs."""

    model: ModelConfig
    # More models, each with a process, a pool and limits of its own. Calls that name none get the
    # first.
    also: tuple[ModelConfig, ...] = ()
    # "host:port", or "unix:/path".
    listen: str = "127.0.0.1:50051"
    limits: Limits = field(default_factory=Limits)
    # Sandboxes forked ahead of the calls that will use them.
    pool_size: int = 4
    # Serve although a wall is down. For the tests that show what each wall holds alone: no command
    # line option sets it, and GetServerInfo says so.
    unsafe_walls_off: tuple[Wall, ...] = ()

    def __post_init__(self) -> None:
        _positive("pool_size", self.pool_size)
        labels = [model.label for model in self.models]
        twice = next((label for label in labels if labels.count(label) > 1), None)
        if twice is not None:
            raise ConfigError(f"two models are served as {twice!r}; give one another served_as")
        match = _LISTEN.fullmatch(self.listen)
        if match is None or int(match["port"] or 0) >= 1 << 16:
            raise ConfigError(f"listen is {self.listen!r}; give 'host:port' or 'unix:/path'")
        for wall in self.unsafe_walls_off:
            _choice("unsafe_walls_off", wall, ("language", "kernel"))

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
                limits=Limits(**raw.pop("limits", {})),
                unsafe_walls_off=tuple(raw.pop("unsafe_walls_off", ())),
                **raw,
            )
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise ConfigError(f"not a server configuration: {error}") from None


def _model(raw: dict[str, Any]) -> ModelConfig:
    adapters = tuple((str(name), str(place)) for name, place in raw.pop("adapters", ()))
    return ModelConfig(**raw, adapters=adapters)


def _positive(name: str, value: float) -> None:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not value > 0:
        raise ConfigError(f"{name} is {value!r}; it must be a number above 0")


def _choice(name: str, value: str, choices: tuple[str, ...]) -> None:
    if value not in choices:
        raise ConfigError(f"{name} is {value!r}; choose from {', '.join(choices)}")
