"""`cloche status APP`"""

import dataclasses
from typing import Annotated

import typer
from rich.table import Table

from cloche.cli._console import out, plain, print_json
from cloche.cli._hosting import AppName, Environment


def status(
    app_name: AppName,
    environment: Environment = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print it as JSON.")] = False,
) -> None:
    """Show how a deployment on Modal is."""
    from cloche import modal

    told = modal.status(app_name, environment=environment)
    if as_json:
        deployed_at = told.deployed_at.isoformat() if told.deployed_at else None
        print_json({**dataclasses.asdict(told), "deployed_at": deployed_at})
        return
    rows = {
        "app": told.app_name,
        "url": told.url or "none",
        "deployed": f"{told.deployed_at:%Y-%m-%d %H:%M:%S %Z}" if told.deployed_at else "unknown",
        "config": told.config,
        "runs on": ", ".join(told.gpus) or "CPU",
        "calls come": "from Modal's proxy"
        if told.endpoint == "server"
        else "through tunnels, with a lease from Modal's proxy",
        "wants": "a proxy token" if told.proxy_auth else "nothing: whoever knows the URL may call",
        "containers": f"{told.keep_warm} kept warm, "
        f"at most {told.max_containers or 'as many as the workspace may'}, "
        f"{told.containers_starting} starting, idle for {told.container_idle_timeout_s} s",
        "last hour": f"{told.requests} requests, {told.container_errors} containers failed",
    }
    table = Table.grid(padding=(0, 2))
    table.add_column(style="bold")
    table.add_column(overflow="fold")
    for name, value in rows.items():
        table.add_row(name, plain(value))
    out.print(table)
