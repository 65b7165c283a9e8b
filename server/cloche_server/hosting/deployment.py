"""Describe what is deployed on Modal: frozen, checked once, with the unit in the name."""

from __future__ import annotations

import dataclasses
import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from cloche.contract.config import MIB, ConfigError, Limits, ModelConfig, ServerConfig
from cloche.contract.settings import Named

from cloche_server.hosting.gpus import gpus_of
from cloche_server.hosting.image import BUILDER, Image, Step, hf_image

# Modal's own rule for the names of Apps, Volumes and Secrets.
_NAME = re.compile(r"[A-Za-z0-9_.-]{1,63}")
_HUB_NAME = re.compile(r"[A-Za-z0-9][\w.-]*(/[\w.-]+)?", re.ASCII)
SERVER_NAME = "InterpBackend"
CONFIG_ENV = "CLOCHE_SERVER_CONFIG"
# Where leases are given; set only where calls come through a tunnel.
TUNNEL_ENV = "CLOCHE_TUNNEL_PORT"
MODELS_DIR = "/models"
# After the last call the front tells callers, and its processes end.
ENDING_S = 30
# Modal's own bound on what a container gets after it was told to stop.
_GRACE_MOST_S = 3600
# What an app may cost at most is decided by this, not by who calls.
_MOST_CONTAINERS = 4


@dataclass(frozen=True, kw_only=True)
class Resources:
    """What one container has, one GPU at most.

    `gpu` is a name (`gpus.NAMES`), several of which the first that there is is taken, or "any";
    None: CPU only. `cpu_cores` and `memory_mib` are what it is sure of; it may use more, up to
    the limits, and pays for what it uses. `nonpreemptible` costs more and is not taken away.
    """

    gpu: str | Sequence[str] | None = None
    cpu_cores: float = 4.0
    memory_mib: int = 16_384
    cpu_limit_cores: float | None = None
    memory_limit_mib: int | None = None
    compute_region: str | None = None
    nonpreemptible: bool = False

    def __post_init__(self) -> None:
        gpus_of(self.gpu, setting="resources.gpu")
        _at_least("resources.cpu_cores", self.cpu_cores, 0.125)
        _at_least("resources.memory_mib", self.memory_mib, 1024)
        if self.cpu_limit_cores is not None:
            _at_least("resources.cpu_limit_cores", self.cpu_limit_cores, self.cpu_cores)
        if self.memory_limit_mib is not None:
            _at_least("resources.memory_limit_mib", self.memory_limit_mib, self.memory_mib)

    @property
    def gpus(self) -> tuple[str, ...]:
        """In order of preference."""
        return gpus_of(self.gpu, setting="resources.gpu")


@dataclass(frozen=True, kw_only=True)
class Scaling:
    """How many containers run. Changing it needs no new deployment, but for `max_concurrency`.

    `keep_warm` run at any time; `buffer_containers` more than needed while there are calls; never
    more than `max_containers`, which is 4 or as many as are kept warm. Another starts where those
    that run have more than `target_concurrency` calls each, for `scaleup_window_s`; None: as many
    as compute at full speed at once. Beyond `max_concurrency` in one, Modal turns calls away.
    """

    keep_warm: int = 0
    buffer_containers: int = 0
    container_idle_timeout_s: int = 300
    max_containers: int | None = None
    target_concurrency: float | None = None
    max_concurrency: int | None = None
    scaleup_window_s: int | None = None

    def __post_init__(self) -> None:
        _whole("scaling.keep_warm", self.keep_warm, 0, 1000)
        _whole("scaling.buffer_containers", self.buffer_containers, 0, 1000)
        # Modal's range for `scaledown_window`.
        _whole("scaling.container_idle_timeout_s", self.container_idle_timeout_s, 2, 3600)
        if self.max_containers is not None:
            _whole("scaling.max_containers", self.max_containers, max(1, self.keep_warm), 1000)
        if self.target_concurrency is not None:
            _at_least("scaling.target_concurrency", self.target_concurrency, 0.1)
        if self.max_concurrency is not None:
            least = math.ceil(self.target_concurrency or 1)
            _whole("scaling.max_concurrency", self.max_concurrency, least, 10_000)
        if self.scaleup_window_s is not None:
            _whole("scaling.scaleup_window_s", self.scaleup_window_s, 1, 3600)

    @property
    def most_containers(self) -> int:
        return self.max_containers or max(_MOST_CONTAINERS, self.keep_warm)


@dataclass(frozen=True, kw_only=True)
class Endpoint:
    """Where callers come in. Without `proxy_auth` whoever knows the URL may run techniques.

    A "server" gets calls from Modal's proxy, as HTTP/2. A "tunnel" is for where that does not carry
    gRPC: the proxy gives leases, and calls go through a tunnel to the container that gave one.
    """

    kind: Literal["server", "tunnel"] = "server"
    port: int = 50051
    proxy_auth: bool = True
    routing_region: str = "us-east"
    startup_timeout_s: int = 1800

    def __post_init__(self) -> None:
        if self.kind not in ("server", "tunnel"):
            raise ConfigError(Named("endpoint.kind"), f" is {self.kind!r}; choose server or tunnel")
        # A tunnel takes the next two as well.
        _whole("endpoint.port", self.port, 1024, 65533)
        _whole("endpoint.startup_timeout_s", self.startup_timeout_s, 1, 86_400)
        if not self.routing_region:
            raise ConfigError(
                Named("endpoint.routing_region"), " is empty; name one, such as 'us-east'"
            )

    @property
    def listen(self) -> str:
        """Where the front listens: behind a tunnel, where only the container's gate comes."""
        if self.kind == "tunnel":
            return f"127.0.0.1:{front_port(self.port)}"
        return f"0.0.0.0:{self.port}"


@dataclass(frozen=True, kw_only=True)
class Weights:
    """Where the model's files are: in a Volume of the app's own, or in the image.

    They are fetched while the image is built; containers read them, and write to neither.
    """

    kept_in: Literal["volume", "image"] = "volume"
    volume_name: str | None = None

    def __post_init__(self) -> None:
        if self.kept_in not in ("volume", "image"):
            raise ConfigError(
                Named("weights.kept_in"), f" is {self.kept_in!r}; choose volume or image"
            )
        if self.volume_name is not None:
            _name("weights.volume_name", self.volume_name)


@dataclass(frozen=True, kw_only=True)
class Deployment:
    """One App with one server class. `secrets` are names of Modal Secrets, never values."""

    app_name: str
    server: ServerConfig
    image: Image = hf_image
    resources: Resources = field(default_factory=Resources)
    scaling: Scaling = field(default_factory=Scaling)
    endpoint: Endpoint = field(default_factory=Endpoint)
    weights: Weights = field(default_factory=Weights)
    secrets: tuple[str, ...] = ()
    environment: str | None = None

    def __post_init__(self) -> None:
        _name("app_name", self.app_name)
        for secret in self.secrets:
            _name("secrets", secret)
        if not isinstance(self.image, Image):
            raise ConfigError(
                f"image is a {type(self.image).__name__}; build on cloche.modal.hf_image, such as "
                "hf_image.pip_install('scipy')"
            )
        if self.server.unsafe_walls_off:
            raise ConfigError("unsafe_walls_off: a deployed server runs behind both walls")
        if self.server.listen != self.endpoint.listen:
            raise ConfigError(
                f"server.listen is {self.server.listen!r}; behind this endpoint it must be "
                f"{self.endpoint.listen!r}"
            )
        if self.endpoint.kind == "server" and not self.server.unprotected:
            raise ConfigError(
                "server.unprotected is False; behind Modal's proxy, which has TLS and tokens of "
                "its own, it must be True"
            )
        for model in self.server.models:
            for files in model.files:
                _check_place(files.name, self)
        if self.exit_grace_s > _GRACE_MOST_S:
            raise ConfigError(
                Named("server.drain_s"),
                f" is {self.server.drain_s:g}; a container gets {_GRACE_MOST_S} s to end in: "
                f"{_GRACE_MOST_S - ENDING_S} are left for calls",
            )

    @property
    def volume_name(self) -> str:
        """One for each app: those who may write to one app's models write to no other's."""
        return self.weights.volume_name or f"{self.app_name[:56]}-models"

    @property
    def rents_for_nothing(self) -> bool:
        """Whether it asks for a GPU, and all its models are held for the CPU."""
        on_cpu = all(model.device == "cpu" for model in self.server.models)
        return bool(self.resources.gpus) and on_cpu

    @property
    def exit_grace_s(self) -> int:
        """Modal's time from telling a container to stop to ending it."""
        return math.ceil(self.server.drain_s) + ENDING_S


def deployment_for(
    app_name: str,
    model: str | Path | Mapping[str, Any],
    *,
    also: Mapping[str, str | Path | Mapping[str, Any]] | None = None,
    limits: dict[str, float] | None = None,
    resources: Resources | None = None,
    endpoint: Endpoint | None = None,
    **settings: Any,
) -> Deployment:
    """A deployment whose server config follows from what a container has.

    Args:
        model: its name, or the fields of ModelConfig, such as {"name": "org/adapter", "base_model":
            "org/name"}. A hidden system prompt goes to Modal as a Secret does.
        also: more models, by the names that calls ask for them with.
        settings: other fields of Deployment.

    Raises:
        ConfigError: a setting that cannot be meant.
    """
    resources = resources or Resources()
    endpoint = endpoint or Endpoint()
    # Of the container, not of the machine that deploys.
    threads = max(1, math.floor(resources.cpu_cores))
    # One call must not take the whole container's memory.
    half = resources.memory_mib * MIB // 2
    limits = {"memory_max_bytes": half, **(limits or {})}
    server = ServerConfig(
        model=_model(model, threads=threads),
        also=tuple(
            _model(each, threads=threads, served_as=name) for name, each in (also or {}).items()
        ),
        listen=endpoint.listen,
        # Only Modal's proxy reaches the port; it speaks TLS, and wants a proxy token.
        unprotected=endpoint.kind == "server",
        limits=(checked := Limits.of(limits)),
        # An update waits for the longest call, as far as Modal lets it.
        drain_s=min(checked.timeout_max_s, float(_GRACE_MOST_S - ENDING_S)),
    )
    return Deployment(
        app_name=app_name, server=server, resources=resources, endpoint=endpoint, **settings
    )


def gate_port(port: int) -> int:
    """Where a tunnel's calls come in, next to where its leases are given."""
    return port + 1


def front_port(port: int) -> int:
    """Where the front listens behind a tunnel's gate."""
    return port + 2


def image_steps(deployment: Deployment) -> tuple[Step, ...]:
    """Every step of the image, the caller's own and those that bring Cloche in."""
    steps = [
        *deployment.image.steps,
        Step("env", (f"HF_HUB_CACHE={MODELS_DIR}/hub", "HF_HUB_DISABLE_TELEMETRY=1")),
        Step("source", ("cloche", "cloche_server")),
    ]
    files = (
        files.arguments()
        for model in deployment.server.models
        for files in model.files
        if not files.name.startswith(f"{MODELS_DIR}/")  # put into the volume by hand
    )
    steps += [Step("fetch", arguments) for arguments in dict.fromkeys(files)]
    # From here on nothing is asked of the hub: containers have neither its token nor a reason.
    steps.append(Step("env", ("HF_HUB_OFFLINE=1",)))
    return tuple(steps)


def autoscaler(deployment: Deployment) -> dict[str, Any]:
    """What Modal may be told again without a new deployment; what is not said stays as it is."""
    scaling, model = deployment.scaling, deployment.server.model
    at_full_speed = max(1.0, deployment.resources.cpu_cores / model.threads)
    if scaling.max_concurrency is not None:
        at_full_speed = min(at_full_speed, scaling.max_concurrency)
    told = {
        "min_containers": scaling.keep_warm,
        "buffer_containers": scaling.buffer_containers,
        "max_containers": scaling.most_containers,
        "scaledown_window": scaling.container_idle_timeout_s,
        "target_concurrency": scaling.target_concurrency or at_full_speed,
    }
    if scaling.scaleup_window_s is not None:
        told["scaleup_window"] = scaling.scaleup_window_s
    return told


def server_options(deployment: Deployment) -> dict[str, Any]:
    """The plain arguments of `App.server`; those that are Modal's objects are added in `app`."""
    resources, scaling, endpoint = deployment.resources, deployment.scaling, deployment.endpoint
    return {
        "name": SERVER_NAME,
        "port": endpoint.port,
        # gRPC is HTTP/2; the front speaks it without TLS, which Modal's proxy ends. A lease is one
        # plain request, and by this setting callers know that they need one.
        "h2_enabled": endpoint.kind == "server",
        "unauthenticated": not endpoint.proxy_auth,
        "routing_region": endpoint.routing_region,
        "startup_timeout": endpoint.startup_timeout_s,
        "exit_grace_period": deployment.exit_grace_s,
        "gpu": _one_or_several(resources.gpus),
        "cpu": _with_limit(resources.cpu_cores, resources.cpu_limit_cores),
        "memory": _with_limit(resources.memory_mib, resources.memory_limit_mib),
        "compute_region": resources.compute_region,
        "nonpreemptible": resources.nonpreemptible,
        "max_concurrency": scaling.max_concurrency,
        **autoscaler(deployment),
        # A restored container would serve behind walls that were proved on another machine.
        "enable_memory_snapshot": False,
        "include_source": False,
        "env": _environment(deployment),
    }


def plan(deployment: Deployment) -> dict[str, Any]:
    """Exactly what would be deployed, as plain data; of hidden system prompts, that they are."""
    options = server_options(deployment)
    scaling = {name: options.pop(name) for name in autoscaler(deployment)}
    options["env"] = {
        **_environment(deployment), CONFIG_ENV: json.loads(_shown(deployment.server).to_json())
    }  # fmt: skip
    kept_in_volume = deployment.weights.kept_in == "volume"
    return {
        "app": deployment.app_name,
        "environment": deployment.environment,
        "builder": BUILDER,
        "image": [f"debian_slim {deployment.image.python}", *map(str, image_steps(deployment))],
        "endpoint": deployment.endpoint.kind,
        "server": options,
        "scaling": scaling,
        "volumes": {MODELS_DIR: f"{deployment.volume_name} (read-only)"} if kept_in_volume else {},
        "secrets": list(deployment.secrets),
    }


def _shown(server: ServerConfig) -> ServerConfig:
    """For people to see."""
    main, *also = (
        model
        if model.hidden_system_prompt is None
        else dataclasses.replace(model, hidden_system_prompt="(hidden)")
        for model in server.models
    )
    return dataclasses.replace(server, model=main, also=tuple(also))


def _environment(deployment: Deployment) -> dict[str, str]:
    """Modal's library sends it as a Secret of the App's own."""
    given = {CONFIG_ENV: deployment.server.to_json()}
    if deployment.endpoint.kind == "tunnel":
        given[TUNNEL_ENV] = str(deployment.endpoint.port)
    return given


def _model(given: str | Path | Mapping[str, Any], **rest: Any) -> ModelConfig:
    said = dict(given) if isinstance(given, Mapping) else {"name": given}
    name = said.pop("name", "")
    chosen = {setting: value for setting, value in said.items() if value is not None}
    return ModelConfig.of(name, {**rest, **chosen})


def _one_or_several(gpus: tuple[str, ...]) -> str | list[str] | None:
    return list(gpus) if len(gpus) > 1 else next(iter(gpus), None)


def _with_limit(sure: float, most: float | None) -> float | tuple[float, float]:
    return sure if most is None else (sure, most)


def _check_place(name: str, deployment: Deployment) -> None:
    """A directory of this machine is not there in the container."""
    in_volume = name.startswith(f"{MODELS_DIR}/") and deployment.weights.kept_in == "volume"
    if in_volume or (_HUB_NAME.fullmatch(name) and not Path(name).expanduser().exists()):
        return
    raise ConfigError(
        f"a model or adapter is {name!r}; a container has no directory of this machine: give a hub "
        f"name, or put the files into the volume (modal volume put {deployment.volume_name} "
        f"DIRECTORY /NAME) and name {MODELS_DIR}/NAME"
    )


def _name(field_name: str, value: object) -> None:
    if not isinstance(value, str) or not _NAME.fullmatch(value) or value.startswith("ap-"):
        raise ConfigError(
            Named(field_name),
            f" is {value!r}; it must be 1 to 63 letters, digits, dashes, dots and "
            "underscores, and not begin with 'ap-'",
        )


def _whole(name: str, value: object, least: int, most: int) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise ConfigError(
            Named(name), f" is {value!r}; it must be a whole number, {least} to {most}"
        )


def _at_least(name: str, value: object, least: float) -> None:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not value >= least:
        raise ConfigError(Named(name), f" is {value!r}; it must be a number, at least {least:g}")
