"""docs/modal.md: each block runs, through Modal's own library and a stand-in for its platform."""

from __future__ import annotations

import re
import shutil
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from cloche.modal import Resources, Scaling, deployment_for, estimate
from sybil import Sybil
from sybil.parsers.markdown import PythonCodeBlockParser

from tests.client.support.fake_server import FakeService, running_it, serving
from tests.support import modal_edge

if TYPE_CHECKING:
    from tests.support.modal_control_plane import ControlPlane

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs/modal.md"


def test_every_block_runs(
    served_plane: ControlPlane, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed")
    certificate, key = modal_edge.self_signed(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    monkeypatch.setenv("MODAL_PROXY_TOKEN_ID", "wk")
    monkeypatch.setenv("MODAL_PROXY_TOKEN_SECRET", "ws")
    served_plane.reset()
    served_plane.secrets["huggingface"] = ("HF_TOKEN",)
    service = FakeService()
    service.handler = running_it
    document = Sybil(parsers=[PythonCodeBlockParser()], path=str(ROOT)).parse(PAGE)
    edge = modal_edge.Edge(token=("wk", "ws"))
    with serving(service) as address, modal_edge.running(edge, certificate, key):
        edge.backend = int(address.rpartition(":")[2])
        served_plane.endpoint = edge.url
        blocks = list(document.examples())
        for block in blocks:
            block.evaluate()
        found: dict[str, Any] = document.namespace
        found["client"].close()
        found["other"].close()
    assert len(blocks) == PAGE.read_text().count("```python") == 4
    assert found["answer"] == 42
    assert found["done"].action == "deployed"
    assert found["shown"]["scaling"]["max_containers"] == 4
    assert found["adapted"].server.models[1].label == "plain"
    first, second = served_plane.of("FunctionCreate")
    assert not first.function.resources.gpu_config.count  # no example asks for what nothing uses
    assert second.function.scheduler_placement.nonpreemptible
    assert found["cost"]["usd_per_container_hour"] > 0.5


def test_the_page_speaks_of_the_version_that_is_tested() -> None:
    told = re.search(r"version (\d+\.\d+\.\d+)", PAGE.read_text())
    assert told is not None
    assert f"modal=={told[1]}\n" in (ROOT / "constraints.txt").read_text()
    assert version("modal") == told[1]


def test_the_page_tells_what_its_first_container_costs() -> None:
    small = Resources(cpu_cores=2, memory_mib=4096)
    warm = deployment_for("probe", "org/name", resources=small, scaling=Scaling(keep_warm=1))
    told = estimate(warm)
    assert f"{told['usd_per_container_hour']:.2f} dollars an hour" in PAGE.read_text()
    assert f"here {told['usd_per_month_kept_warm']:.0f} dollars" in PAGE.read_text()


def test_every_verb_of_the_page_exists() -> None:
    from cloche.cli._app import app

    verbs = {command.callback.__name__ for command in app.registered_commands if command.callback}
    assert set(re.findall(r"^cloche (\w+)", PAGE.read_text(), re.MULTILINE)) <= verbs
