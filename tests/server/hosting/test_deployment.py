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
    assert told["builder"] == "2025.06"
    assert told["image"][3:] == [
        "apt_install git",
        "env HF_HUB_CACHE=/models/hub HF_HUB_DISABLE_TELEMETRY=1",
        "source cloche cloche_server",
        "fetch --revision main -- org/tiny",
        "env HF_HUB_OFFLINE=1",
    ]
    server = told["server"]
    assert (server["gpu"], server["cpu"], server["memory"]) == ("L4", 2, 8192)
    assert (server["port"], server["h2_enabled"], server["unauthenticated"]) == (6000, True, False)
    assert server["startup_timeout"] == 900
    assert server["enable_memory_snapshot"] is False
    assert told["scaling"] == {
        "min_containers": 1, "buffer_containers": 0, "max_containers": 3, "scaledown_window": 60,
        "target_concurrency": 1.0,
    }  # fmt: skip
    assert told["volumes"] == {"/models": "probe-models (read-only)"}
    assert told["secrets"] == ["huggingface"]
    config = server["env"]["CLOCHE_SERVER_CONFIG"]
    assert config["listen"] == "0.0.0.0:6000"
    assert config["model"]["threads"] == 2
    assert config["limits"]["memory_max_bytes"] == 4 * GIB
    # The longest call, and what comes after it.
    assert config["drain_s"] == config["limits"]["timeout_max_s"] == 600
    assert server["exit_grace_period"] == 630


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
    assert told["image"][-3:] == [
        "source cloche cloche_server",
        "fetch --revision v1 -- org/tiny",
        "env HF_HUB_OFFLINE=1",
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
    # Put there by hand, so there is nothing to fetch.
    assert not [step for step in plan(by_field)["image"] if step.startswith("fetch")]
    with pytest.raises(ConfigError, match="modal volume put probe-models"):
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
        (lambda: Resources(gpu="two of them"), "resources.gpu is 'two of them'; Modal has T4, L4"),
        (lambda: Resources(gpu="H1000"), "resources.gpu is 'H1000'; did you mean H100?"),
        (lambda: Resources(gpu="H100:8"), "resources.gpu is 'H100:8'; did you mean H100?"),
        (lambda: Resources(gpu="a100-80"), "'a100-80'; did you mean A100-80GB?"),
        (lambda: Resources(gpu=["L4", "L40"]), "did you mean L40S?"),
        (lambda: Resources(gpu="L4,"), "resources.gpu is 'L4,'"),
        (lambda: Resources(gpu=()), r"resources.gpu is \(\); Modal has"),
        (lambda: Resources(cpu_cores=0), "resources.cpu_cores is 0"),
        (lambda: Resources(cpu_limit_cores=2), "resources.cpu_limit_cores is 2; .* at least 4"),
        (lambda: Resources(memory_limit_mib=1), "resources.memory_limit_mib is 1"),
        (lambda: Scaling(target_concurrency=0), "scaling.target_concurrency is 0"),
        (lambda: Scaling(target_concurrency=4, max_concurrency=3), "scaling.max_concurrency is 3"),
        (lambda: Scaling(scaleup_window_s=0), "scaling.scaleup_window_s is 0"),
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


@pytest.mark.parametrize(
    ("given", "gpus"),
    [
        ("any", ["L4", "A10", "T4"]),
        ("L4, a10", ["L4", "A10"]),
        (["H100", "A100-80GB"], ["H100", "A100-80GB"]),
    ],
)
def test_several_gpus_to_choose_from(given: Any, gpus: list[str]) -> None:
    told = plan(deployment_for("p", "org/t", resources=Resources(gpu=given)))
    assert told["server"]["gpu"] == gpus


@pytest.mark.parametrize(
    ("cores", "threads", "target"), [(4, None, 1.0), (4, 1, 4.0), (8, 2, 4.0), (0.5, None, 1.0)]
)
def test_another_container_starts_beyond_what_one_computes_at_full_speed(
    cores: float, threads: int | None, target: float
) -> None:
    model = {"name": "org/t", "threads": threads}
    deployment = deployment_for("p", model, resources=Resources(cpu_cores=cores))
    assert plan(deployment)["scaling"]["target_concurrency"] == target
    bound = replace(deployment, scaling=Scaling(max_concurrency=2))
    assert plan(bound)["scaling"]["target_concurrency"] == min(target, 2)
    chosen = replace(deployment, scaling=Scaling(target_concurrency=1.5, max_concurrency=6))
    assert plan(chosen)["scaling"]["target_concurrency"] == 1.5
    assert plan(chosen)["server"]["max_concurrency"] == 6


def test_what_an_app_may_cost_has_a_bound_by_itself() -> None:
    def most(scaling: Scaling) -> int:
        told = plan(deployment_for("p", "org/t", scaling=scaling))["scaling"]["max_containers"]
        assert isinstance(told, int)
        return told

    assert most(Scaling()) == 4
    assert most(Scaling(keep_warm=7)) == 7
    assert most(Scaling(max_containers=50)) == 50


def test_the_grace_is_the_longest_calls_as_far_as_modal_lets_it() -> None:
    short = deployment_for("p", "org/t", limits={"timeout_max_s": 60})
    assert (short.server.drain_s, short.exit_grace_s) == (60, 90)
    hours = deployment_for("p", "org/t", limits={"timeout_max_s": 9000})
    assert (hours.server.drain_s, hours.exit_grace_s) == (3570, 3600)
    with pytest.raises(ConfigError, match="a container gets 3600 s to end in: 3570 are left"):
        replace(hours, server=replace(hours.server, drain_s=3600.0))


def test_limits_beside_what_is_sure() -> None:
    resources = Resources(
        cpu_cores=2, cpu_limit_cores=8, memory_mib=4096, memory_limit_mib=8192, nonpreemptible=True
    )
    server = plan(deployment_for("p", "org/t", resources=resources))["server"]
    assert (server["cpu"], server["memory"]) == ((2, 8), (4096, 8192))
    assert server["nonpreemptible"] is True


def test_each_app_has_a_volume_of_its_own() -> None:
    assert deployment_for("one", "org/t").volume_name == "one-models"
    assert len(deployment_for("a" * 63, "org/t").volume_name) == 63
    shared = deployment_for("one", "org/t", weights=Weights(volume_name="shared"))
    assert shared.volume_name == "shared"


def test_the_container_reads_the_config_that_was_given() -> None:
    deployment = deployment_for("probe", "org/tiny")
    assert isinstance(deployment, Deployment)
    assert ServerConfig.from_json(deployment.server.to_json()) == deployment.server
