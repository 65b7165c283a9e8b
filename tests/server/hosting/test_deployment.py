"""A deployment as data: what is refused, and what the plan says."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from cloche.contract.config import GIB, ConfigError, ServerConfig
from cloche_server.hosting.deployment import (
    Deployment,
    Endpoint,
    Resources,
    Scaling,
    Weights,
    deployment_for,
    plan,
    server_options,
)
from cloche_server.hosting.image import hf_image


def test_the_plan_says_everything() -> None:
    told = plan(
        deployment_for(
            "probe",
            {"name": "org/tiny", "revision": "main"},
            resources=Resources(gpu="L4", cpu_cores=2, memory_mib=8192),
            scaling=Scaling(keep_warm=1, container_idle_timeout_s=60, max_containers=3),
            endpoint=Endpoint(port=6000, startup_timeout_s=900),
            secrets=("huggingface",),
            image=hf_image.apt_install("git"),
        )
    )
    assert json.loads(json.dumps(told)) == told
    assert told["app"] == "probe"
    assert told["endpoint"] == "server"
    assert told["image"][0] == "debian_slim 3.11"
    assert told["image"][2:] == [
        "apt_install git",
        "env HF_HOME=/models HF_HUB_DISABLE_TELEMETRY=1",
        "source cloche cloche_server",
    ]
    server = told["server"]
    assert (server["gpu"], server["cpu"], server["memory"]) == ("L4", 2, 8192)
    assert (server["port"], server["h2_enabled"], server["unauthenticated"]) == (6000, True, False)
    assert server["startup_timeout"] == 900
    assert server["enable_memory_snapshot"] is False
    assert told["scaling"] == {
        "min_containers": 1, "buffer_containers": 0, "max_containers": 3, "scaledown_window": 60,
    }  # fmt: skip
    assert told["volumes"] == {"/models": "cloche-models"}
    assert told["secrets"] == ["huggingface"]
    config = server["env"]["CLOCHE_SERVER_CONFIG"]
    assert config["listen"] == "0.0.0.0:6000"
    assert config["model"]["threads"] == 2
    assert config["limits"]["memory_max_bytes"] == 4 * GIB
    assert server["target_concurrency"] == config["limits"]["concurrent_calls"]


def test_behind_a_tunnel_the_front_is_reached_through_the_gate_alone() -> None:
    told = plan(deployment_for("p", "org/t", endpoint=Endpoint(kind="tunnel", port=6000)))
    assert told["endpoint"] == "tunnel"
    server = told["server"]
    assert (server["port"], server["h2_enabled"], server["unauthenticated"]) == (6000, False, False)
    assert server["env"]["CLOCHE_SERVER_CONFIG"]["listen"] == "127.0.0.1:6002"
    assert server["env"]["CLOCHE_TUNNEL_PORT"] == "6000"


def test_a_front_that_others_could_reach_is_refused() -> None:
    sound = deployment_for("p", "org/t", endpoint=Endpoint(kind="tunnel"))
    with pytest.raises(ConfigError, match=r"behind this endpoint it must be '127\.0\.0\.1:50053'"):
        replace(sound, server=replace(sound.server, listen="0.0.0.0:50053"))


def test_weights_in_the_image_are_fetched_last_and_need_no_volume() -> None:
    told = plan(
        deployment_for(
            "probe", {"name": "org/tiny", "revision": "v1"}, weights=Weights(kept_in="image")
        )
    )
    assert told["image"][-2:] == [
        "source cloche cloche_server",
        "fetch --revision v1 -- org/tiny",
    ]
    assert told["volumes"] == {}


ADAPTED = {
    "name": "org/adapter",
    "base_model": "org/tiny",
    "adapters": {"second": "org/second"},
    "hidden_system_prompt": "Never say teapot.",
    "redact_hidden_prompt": True,
    "trust_remote_code": True,
}


def test_all_files_of_all_models_are_in_the_image_once() -> None:
    also = {"plain": {"name": "org/tiny", "trust_remote_code": True}, "other": "org/other"}
    told = plan(deployment_for("p", ADAPTED, also=also, weights=Weights(kept_in="image")))
    assert [step for step in told["image"] if step.startswith("fetch")] == [
        "fetch --adapter -- org/adapter",
        "fetch --adapter -- org/second",
        "fetch --with-code -- org/tiny",
        "fetch -- org/other",
    ]


def test_the_plan_hides_what_the_container_is_told() -> None:
    deployment = deployment_for(
        "p", ADAPTED, also={"plain": {"name": "org/tiny", "hidden_system_prompt": "No kettle."}}
    )
    told = plan(deployment)
    assert "teapot" not in repr(told) + repr(deployment)
    assert "kettle" not in repr(told) + repr(deployment)
    shown = told["server"]["env"]["CLOCHE_SERVER_CONFIG"]
    assert shown["model"]["hidden_system_prompt"] == "(hidden)"
    assert shown["also"][0]["hidden_system_prompt"] == "(hidden)"
    given = ServerConfig.from_json(server_options(deployment)["env"]["CLOCHE_SERVER_CONFIG"])
    assert given == deployment.server
    assert given.model.hidden_system_prompt == "Never say teapot."
    assert given.also[0].hidden_system_prompt == "No kettle."


@pytest.mark.parametrize("field", ["name", "base_model", "adapters"])
def test_every_place_is_one_of_the_containers(field: str, tmp_path: Path) -> None:
    here: Any = {"second": tmp_path} if field == "adapters" else str(tmp_path)
    with pytest.raises(ConfigError, match=r"no directory of this machine"):
        deployment_for("p", {**ADAPTED, field: here})
    with pytest.raises(ConfigError, match=r"no directory of this machine"):
        deployment_for("p", "org/tiny", also={"other": tmp_path})


def test_a_directory_in_the_volume_is_a_model() -> None:
    assert deployment_for("probe", "/models/mine").server.model.name == "/models/mine"
    by_field = deployment_for("probe", {"name": Path("/models/mine")})
    assert by_field.server.model.name == "/models/mine"
    with pytest.raises(ConfigError, match="modal volume put cloche-models"):
        deployment_for("probe", "/models/mine", weights=Weights(kept_in="image"))


def test_a_directory_of_this_machine_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"no directory of this machine.*/models/NAME"):
        deployment_for("probe", tmp_path)


def test_a_server_without_a_wall_is_refused() -> None:
    sound = deployment_for("probe", "org/tiny")
    with pytest.raises(ConfigError, match="both walls"):
        replace(sound, server=replace(sound.server, unsafe_walls_off=("kernel",)))


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Resources(gpu="two H100s"), "resources.gpu is 'two H100s'; name one GPU"),
        (lambda: Resources(gpu="H1000"), "resources.gpu is 'H1000'; name one GPU"),
        (lambda: Resources(gpu="H100:8"), "resources.gpu is 'H100:8'; name one GPU"),
        (lambda: Resources(cpu_cores=0), "resources.cpu_cores is 0"),
        (lambda: Scaling(keep_warm=-1), "scaling.keep_warm is -1"),
        (lambda: Scaling(buffer_containers=-1), "scaling.buffer_containers is -1"),
        (lambda: Scaling(container_idle_timeout_s=1), "whole number, 2 to 3600"),
        (lambda: Scaling(keep_warm=2, max_containers=1), "scaling.max_containers is 1"),
        (lambda: Endpoint(port=80), "endpoint.port is 80"),
        (lambda: Endpoint(port=65534), "endpoint.port is 65534"),
        (lambda: Endpoint(kind="tube"), "endpoint.kind is 'tube'; choose server or tunnel"),  # type: ignore[arg-type]
        (lambda: Endpoint(routing_region=""), "endpoint.routing_region is empty"),
        (lambda: Weights(kept_in="disk"), "weights.kept_in is 'disk'"),  # type: ignore[arg-type]
        (lambda: deployment_for("a b", "org/tiny"), "app_name is 'a b'"),
        (lambda: deployment_for("ap-1", "org/tiny"), "app_name is 'ap-1'"),
        (lambda: deployment_for("p", "org/tiny", secrets=("hf_x y",)), "secrets is 'hf_x y'"),
        (lambda: deployment_for("p", "org/tiny", image=3), "build on cloche.modal.hf_image"),
        (lambda: deployment_for("p", "org/tiny", limits={"speed": 1}), "speed: no such setting"),
        (
            lambda: deployment_for("p", {"name": "org/tiny", "dtype": "int3"}),
            "dtype is 'int3'",
        ),
        (lambda: deployment_for("p", {"name": "m", "size": 1}), "size: no such setting"),
        (lambda: deployment_for("p", {"dtype": "float32"}), "model_name is ''"),
    ],
)
def test_what_cannot_be_meant_is_refused(make: Any, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        make()


@pytest.mark.parametrize("gpu", ["A10G", "A100", "A100-80GB", "H100!", "L4", None])
def test_gpus(gpu: str | None) -> None:
    assert plan(deployment_for("p", "org/t", resources=Resources(gpu=gpu)))["server"]["gpu"] == gpu


def test_any_gpu_is_a_list_to_choose_from() -> None:
    told = plan(deployment_for("p", "org/t", resources=Resources(gpu="any")))
    assert told["server"]["gpu"] == ["L4", "A10", "T4"]


def test_the_container_reads_the_config_that_was_given() -> None:
    deployment = deployment_for("probe", "org/tiny")
    assert isinstance(deployment, Deployment)
    assert ServerConfig.from_json(deployment.server.to_json()) == deployment.server
