"""`cloche info`"""

import dataclasses
from typing import Annotated

import typer
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from cloche.cli._connect import Address, App, Model, connect
from cloche.cli._console import out, plain, print_json, table
from cloche.cli._hosting import Environment
from cloche.client.info import Layer, ModelInfo, ServedModel, ServerInfo, size


def info(
    address: Address = None,
    model: Model = None,
    app: App = None,
    environment: Environment = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print everything as JSON.")] = False,
) -> None:
    """Show what a server serves, under which limits and behind which walls."""
    with connect(address, model, app=app, environment=environment) as client:
        answer = client.info()
    if as_json:
        print_json(dataclasses.asdict(answer))
    else:
        out.print(tables(answer))


def tables(answer: ServerInfo) -> RenderableType:
    """The whole answer as tables."""
    model, limits = answer.model, answer.limits
    rows = {
        "state": _state(answer),
        "model": f"{model.name} {model.revision}".strip(),
        **({"class": model.architecture} if model.architecture else {}),
        **({"adapter of": model.base_model} if model.base_model else {}),
        **({"adapters": ", ".join(model.adapters)} if model.adapters else {}),
        **_loaded(model),
        "time": f"{limits.timeout_default_s:g} s, at most {limits.timeout_max_s:g} s",
        "memory": _limit(limits.memory_default_bytes, limits.memory_max_bytes),
        "result": _limit(limits.result_default_bytes, limits.result_max_bytes),
        "output": _limit(limits.output_default_bytes, limits.output_max_bytes),
        "request": f"source {size(limits.source_max_bytes)}, arguments "
        f"{size(limits.arguments_max_bytes)}",
        "calls": f"{limits.concurrent_calls} at once, {limits.queued_calls} waiting",
        "imports": ", ".join(answer.importable_modules),
        "versions": ", ".join(f"{n} {v}" for n, v in sorted(answer.versions.items())),
        "policy": answer.audit,
    }
    if not answer.layers:
        rows["not known yet"] = "the model's class and weights, what may be imported, and the walls"
    if len(answer.models) > 1:
        rows["models"] = ", ".join(_served(each) for each in answer.models)
    facts = Table.grid(padding=(0, 2))
    facts.add_column(style="bold")
    facts.add_column(overflow="fold")
    for name, value in rows.items():
        if value:
            facts.add_row(name, plain(value))
    if not answer.layers:
        return facts
    return Group(facts, Text(), layer_table(answer.layers))


def _loaded(model: ModelInfo) -> dict[str, str]:
    """What is known once the model is held."""
    if not model.parameters:
        return {}
    return {
        "weights": f"{model.parameters:,} parameters, {model.dtype}, {size(model.weight_bytes)}"
        + (f", dequantised from {model.dequantized_from}" if model.dequantized_from else ""),
        "runs on": f"{model.device}, {model.threads} threads, {model.attn_implementation} "
        "attention" + (", code of its own (trusted)" if model.trust_remote_code else ""),
    }


def layer_table(layers: tuple[Layer, ...]) -> Table:
    """The walls' layers: whether each is up, and what it closes."""
    shown = table("layer", "up", "closes, and how it was proved", only_last_folds=True)
    for layer in layers:
        mark = Text("yes", "green") if layer.active else Text("no", "yellow")
        closes = plain(", ".join(layer.closes))
        if layer.detail:
            closes.append_text(plain(("\n" if layer.closes else "") + layer.detail, "dim"))
        shown.add_row(plain(layer.name), mark, closes)
    return shown


def _state(answer: ServerInfo) -> str:
    part = answer.state_fraction
    share = f"{part:.0%}" if part is not None and answer.state != "ready" else ""
    return ", ".join(filter(None, (answer.state, answer.state_detail, share)))


def _served(each: ServedModel) -> str:
    shown = f"{each.name} ({each.model.architecture or each.state_detail}"
    return f"{shown}, memory {size(each.memory_max_bytes)}, {each.state})"


def _limit(default: int, most: int) -> str:
    return f"{size(default)}, at most {size(most)}"
