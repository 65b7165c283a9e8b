"""Looking after a deployment: how it is, what it logs, ending it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from cloche.contract.errors import HostingError
from cloche.modal._deploy import CONFIG_TAG, no_app, server_of
from cloche.modal._errors import library, translated

if TYPE_CHECKING:
    from datetime import datetime

    import modal


@dataclass(frozen=True, kw_only=True)
class Status:
    """A deployment as Modal describes it; counts are of the last hour, and may lag."""

    app_name: str
    url: str
    config: str
    deployed_at: datetime | None
    gpus: tuple[str, ...]
    endpoint: Literal["server", "tunnel"]
    proxy_auth: bool
    keep_warm: int
    container_idle_timeout_s: int | None
    max_containers: int | None
    containers_starting: int
    requests: int
    container_errors: int


def status(app_name: str, *, environment: str | None = None) -> Status:
    """How a deployment is. Raises HostingError where there is none of ours."""
    with translated(f"looking up {app_name}", missing=no_app(app_name, environment)):
        app = _our_app(app_name, environment)
        server = server_of(app_name, environment)
        info = server.info(refresh=True)
        scaling = server.autoscaler.settings()
        stats = server.stats()
        return Status(
            app_name=app_name,
            url=server.get_url() or "",
            config=app.get_tags()[CONFIG_TAG],
            deployed_at=app.info(refresh=True).lifecycle.deployed_at,
            gpus=tuple(name for name, _ in info.gpus),
            endpoint="server" if info.h2_enabled else "tunnel",
            proxy_auth=not info.unauthenticated,
            keep_warm=scaling.min_containers or 0,
            container_idle_timeout_s=scaling.scaledown_window,
            max_containers=scaling.max_containers,
            containers_starting=stats.container_creating_at_end_count,
            requests=stats.request_count,
            container_errors=stats.container_error_count,
        )


def logs(
    app_name: str, *, entries: int = 100, follow: bool = False, environment: str | None = None
) -> Iterator[str]:
    """What the containers logged last, and with `follow` what they log from now on."""
    with translated(f"reading the logs of {app_name}", missing=no_app(app_name, environment)):
        _our_app(app_name, environment)
        server = server_of(app_name, environment)
        for entry in server.logs.tail(entries):
            yield entry.message
        if follow:
            for entry in server.logs.stream():
                yield entry.message


def stop(app_name: str, *, environment: str | None = None) -> None:
    """Ends a deployment and its containers. Raises HostingError where there is none of ours."""
    with translated(f"stopping {app_name}", missing=no_app(app_name, environment)):
        _our_app(app_name, environment).stop()


def _our_app(name: str, environment: str | None) -> modal.App:
    app: modal.App = library().App.lookup(name, environment_name=environment)
    if CONFIG_TAG not in app.get_tags():
        raise HostingError(f"{name}: this app is not Cloche's; `modal app` looks after others")
    return app
