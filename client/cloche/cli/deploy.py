"""`cloche deploy APP --model MODEL`"""

from typing import Annotated, Any

import typer

from cloche.cli._console import err, out, plain, print_json
from cloche.cli._hosting import AppName, Environment
from cloche.cli._settings import Also, Given, also_fields, with_settings
from cloche.client.options import parse_size
from cloche.contract.config import ModelConfig
from cloche.contract.errors import HostingError

_NAMED = {
    "app_name": "APP_NAME",
    "resources.gpu": "--gpu",
    "resources.cpu_cores": "--cpu",
    "resources.memory_mib": "--memory",
    "resources.cpu_limit_cores": "--cpu-limit",
    "resources.memory_limit_mib": "--memory-limit",
    "scaling.keep_warm": "--keep-warm",
    "scaling.buffer_containers": "--buffer-containers",
    "scaling.container_idle_timeout_s": "--container-idle-timeout",
    "scaling.max_containers": "--max-containers",
    "scaling.target_concurrency": "--target-concurrency",
    "scaling.max_concurrency": "--max-concurrency",
    "scaling.scaleup_window_s": "--scaleup-window",
    "endpoint.kind": "--endpoint",
    "endpoint.routing_region": "--routing-region",
    "endpoint.startup_timeout_s": "--startup-timeout",
    "weights.kept_in": "--weights",
    "weights.volume_name": "--volume",
    "secrets": "--secret",
}


@with_settings(ModelConfig, local=False, named=_NAMED)
def deploy(
    app_name: AppName,
    *,
    model: Annotated[
        str, typer.Option("--model", "-m", help="A Hugging Face model or adapter, or /models/NAME.")
    ],
    gpu: Annotated[
        str | None,
        typer.Option(help="L4, A100, H100, any, ...; L4,A10 to choose from; none: CPU only."),
    ] = None,
    cpu: Annotated[float | None, typer.Option(help="Cores of a container.")] = None,
    memory: Annotated[str | None, typer.Option(help='Of a container: "16GiB".')] = None,
    cpu_limit: Annotated[
        float | None, typer.Option(help="Cores that it never goes beyond; those used are paid.")
    ] = None,
    memory_limit: Annotated[
        str | None, typer.Option(help='Memory that it never goes beyond: "32GiB".')
    ] = None,
    nonpreemptible: Annotated[
        bool, typer.Option("--nonpreemptible", help="Never taken away, and dearer.")
    ] = False,
    region: Annotated[str | None, typer.Option(help="Where containers run.")] = None,
    keep_warm: Annotated[
        int | None, typer.Option(help="Containers that run without calls, too.")
    ] = None,
    container_idle_timeout: Annotated[
        int | None, typer.Option(help="Seconds that an idle one stays, 2 to 3600.")
    ] = None,
    buffer_containers: Annotated[
        int | None, typer.Option(help="More than needed while there are calls.")
    ] = None,
    max_containers: Annotated[
        int | None, typer.Option(help="At most so many; none: 4, or those kept warm.")
    ] = None,
    target_concurrency: Annotated[
        float | None,
        typer.Option(help="Calls in each, beyond which another starts; none: cores / --threads."),
    ] = None,
    max_concurrency: Annotated[
        int | None, typer.Option(help="Calls in one, beyond which Modal turns them away.")
    ] = None,
    scaleup_window: Annotated[
        int | None, typer.Option(help="Seconds of demand before another starts.")
    ] = None,
    pip: Annotated[list[str] | None, typer.Option(help="A package more; repeat.")] = None,
    extra_index: Annotated[
        str | None, typer.Option(help="Where else --pip may find packages: https://...")
    ] = None,
    apt: Annotated[list[str] | None, typer.Option(help="A Debian package more; repeat.")] = None,
    secret: Annotated[
        list[str] | None, typer.Option(help="A Modal Secret by name, as one with HF_TOKEN; repeat.")
    ] = None,
    weights: Annotated[
        str | None, typer.Option(help="Where the model's files are: volume or image.")
    ] = None,
    volume: Annotated[str | None, typer.Option(help="The volume's name.")] = None,
    startup_timeout: Annotated[int | None, typer.Option(help="Seconds to load in.")] = None,
    routing_region: Annotated[str | None, typer.Option(help="Where calls come in.")] = None,
    endpoint: Annotated[
        str | None,
        typer.Option(help="server, or tunnel where Modal's proxy does not carry gRPC."),
    ] = None,
    unauthenticated: Annotated[
        bool, typer.Option("--unauthenticated", help="Let in whoever knows the URL.")
    ] = False,
    also: Also = None,
    environment: Environment = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would be deployed, and ask Modal nothing.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print it as JSON.")] = False,
    settings: Given,
) -> None:
    """Deploy a model to Modal, or update what differs."""
    from cloche import modal

    image = modal.hf_image
    if pip:
        image = image.uv_pip_install(*pip, extra_index_url=extra_index)
    if apt:
        image = image.apt_install(*apt)
    deployment = modal.deployment_for(
        app_name,
        {"name": model, **settings[ModelConfig]},
        also=also_fields(also),
        resources=modal.Resources(
            gpu=gpu,
            nonpreemptible=nonpreemptible,
            **_given(
                cpu_cores=cpu,
                memory_mib=_mib("--memory", memory),
                cpu_limit_cores=cpu_limit,
                memory_limit_mib=_mib("--memory-limit", memory_limit),
                compute_region=region,
            ),
        ),
        scaling=modal.Scaling(
            **_given(
                keep_warm=keep_warm,
                container_idle_timeout_s=container_idle_timeout,
                buffer_containers=buffer_containers,
                max_containers=max_containers,
                target_concurrency=target_concurrency,
                max_concurrency=max_concurrency,
                scaleup_window_s=scaleup_window,
            )
        ),
        endpoint=modal.Endpoint(
            proxy_auth=not unauthenticated,
            **_given(
                kind=endpoint,
                startup_timeout_s=startup_timeout,
                routing_region=routing_region,
            ),
        ),
        weights=modal.Weights(**_given(kept_in=weights, volume_name=volume)),
        secrets=tuple(secret or ()),
        image=image,
        environment=environment,
    )
    if deployment.rents_for_nothing:
        err.print(
            "warning: --gpu rents a GPU that nothing uses yet: the model runs on the CPU",
            soft_wrap=True,
        )
    if dry_run:
        told = {**modal.plan(deployment), "cost": modal.estimate(deployment)}
        if as_json:
            print_json(told)
        else:
            _print(told)
        return
    done = modal.deploy(deployment, show=not as_json)
    try:
        url = modal.status(app_name, environment=environment).url
    except HostingError as error:
        raise HostingError(f"{app_name} is {done.action}, but: {error}") from None
    if as_json:
        print_json({"app": done.app_name, "action": done.action, "url": url})
    else:
        out.print(plain(f"{done.app_name}: {done.action}, at {url}"), soft_wrap=True)
        where, named = "", ""
        if environment is not None:
            where, named = f" --env {environment}", f", environment={environment!r}"
        err.print(
            f"call it with --app {app_name}{where}, or InterpClient(app_name={app_name!r}{named}); "
            f"without an account of Modal's: --address {url}, and a proxy token; end it with "
            f"cloche stop {app_name}{where}",
            markup=False,
            soft_wrap=True,
        )


def _print(told: dict[str, Any]) -> None:
    """One line for each value, never folded; what belongs together by dotted names."""
    rows = _rows("", told)
    width = max(len(name) for name, _ in rows)
    for name, value in rows:
        out.print(plain(name.ljust(width), "bold") + plain(f"  {value}"), soft_wrap=True)


def _rows(name: str, value: object) -> list[tuple[str, str]]:
    if isinstance(value, dict) and value:
        return [
            row for key, item in value.items() for row in _rows(f"{name}.{key}".lstrip("."), item)
        ]
    if isinstance(value, list) and value:
        return [(name if number == 0 else "", str(item)) for number, item in enumerate(value)]
    return [(name, "none" if value in (None, {}, []) else str(value))]


def _mib(option: str, size: str | None) -> int | None:
    return None if size is None else parse_size(option, size) >> 20


def _given(**settings: Any) -> dict[str, Any]:
    """Those that were."""
    return {name: value for name, value in settings.items() if value is not None}
