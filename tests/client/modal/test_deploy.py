"""`deploy` through Modal's own library: what reaches the control plane, and when nothing does."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from typing import Any

import pytest
from cloche.contract.errors import HostingError, InvalidRequestError
from cloche.modal import (
    Endpoint,
    Resources,
    Scaling,
    Weights,
    deploy,
    deployment_for,
    hf_image,
    rescale,
    status,
)
from cloche_server.hosting.image import UV
from modal_proto import api_pb2

from tests.support.modal_control_plane import ControlPlane


def _function(plane: ControlPlane) -> Any:
    (request,) = plane.of("FunctionCreate")
    return request.function


def _steps(plane: ControlPlane) -> list[str]:
    """Each image layer's commands, in the order in which they were asked for."""
    return ["\n".join(image.dockerfile_commands) for image in plane.images]


def test_a_first_deployment(plane: ControlPlane) -> None:
    plane.secrets["huggingface"] = ("HF_TOKEN",)
    deployment = deployment_for(
        "probe",
        "org/tiny",
        resources=Resources(
            gpu="A10G",
            cpu_cores=2,
            memory_mib=8192,
            cpu_limit_cores=4,
            memory_limit_mib=9000,
            compute_region="eu",
            nonpreemptible=True,
        ),
        scaling=Scaling(
            keep_warm=1,
            container_idle_timeout_s=120,
            max_containers=4,
            target_concurrency=1.5,
            max_concurrency=6,
            scaleup_window_s=7,
        ),
        endpoint=Endpoint(port=6000, routing_region="eu-west", startup_timeout_s=900),
        image=hf_image.pip_install("scipy").apt_install("git"),
        secrets=("huggingface",),
    )
    done = deploy(deployment)
    assert (done.app_name, done.action) == ("probe", "deployed")

    function = _function(plane)
    assert function.is_server
    assert function.module_name == "cloche_server.hosting.backend"
    assert function.implementation_name == "InterpBackend.*"
    assert function.definition_type == api_pb2.Function.DEFINITION_TYPE_FILE
    assert not function.class_serialized  # no pickle
    http = function.http_config
    assert (http.port, http.h2_enabled, http.unauthenticated) == (6000, True, False)
    assert list(http.proxy_regions) == ["eu-west"]
    assert (http.startup_timeout, http.exit_grace_period) == (900, 630)
    assert function.startup_timeout_secs == 900
    resources = function.resources
    assert (resources.gpu_config.gpu_type, resources.gpu_config.count) == ("A10G", 1)
    assert (resources.milli_cpu, resources.memory_mb) == (2000, 8192)
    assert (resources.milli_cpu_max, resources.memory_mb_max) == (4000, 9000)
    assert list(function.scheduler_placement.regions) == ["eu"]
    assert function.scheduler_placement.nonpreemptible
    scaling = function.autoscaler_settings
    assert (scaling.min_containers, scaling.max_containers) == (1, 4)
    assert scaling.scaledown_window == 120
    assert scaling.target_concurrency_float == 1.5
    assert scaling.scaleup_window == 7
    assert function.max_concurrent_inputs == 6
    assert not function.checkpointing_enabled
    (volume,) = function.volume_mounts
    assert (volume.mount_path, volume.read_only) == ("/models", True)
    (asked,) = plane.of("VolumeGetOrCreate")
    assert asked.deployment_name == "probe-models"
    assert asked.object_creation_type == api_pb2.OBJECT_CREATION_TYPE_CREATE_IF_MISSING

    # The hub's token is for who fetches the model, while the image is built, and for no container.
    (given,) = (plane.secrets[secret_id] for secret_id in function.secret_ids)
    assert given == ("CLOCHE_SERVER_CONFIG",)
    (environment,) = (r.env_dict for r in plane.of("SecretGetOrCreate") if r.env_dict)
    assert json.loads(environment["CLOCHE_SERVER_CONFIG"])["listen"] == "0.0.0.0:6000"

    layers = _steps(plane)
    assert layers[0].startswith("FROM python:3.11.")
    assert "--index-url https://download.pytorch.org/whl/cpu --no-deps torch==2.13.0" in layers[1]
    assert f"ghcr.io/astral-sh/uv:{UV} " in layers[1]
    assert "--no-deps" in layers[2]
    assert "transformers==5.24.0" in layers[2]
    assert "scipy" in layers[3]
    assert "torch==2.13.0" in layers[3]  # it may not bring another
    assert "apt-get install -y git" in layers[4]
    assert "ENV HF_HUB_CACHE=/models/hub" in layers[5]
    assert "COPY . /" in layers[6]
    assert "python -m cloche_server.models.fetch -- org/tiny" in layers[7]
    fetching = plane.images[7]
    (filled,) = fetching.volume_mounts
    assert (filled.mount_path, filled.read_only) == ("/models", False)
    assert [plane.secrets[secret_id] for secret_id in fetching.secret_ids] == [("huggingface",)]
    assert "ENV HF_HUB_OFFLINE=1" in layers[8]
    assert "MODAL_IMAGE_BUILDER_VERSION" not in os.environ
    assert {image.builder_version for image in plane.image_requests} == {"2025.06"}
    assert not [line for line in layers if "nvidia" in line or "cuda" in line]
    files = {file.filename for r in plane.of("MountGetOrCreate") for file in r.files}
    assert "/root/cloche_server/walls/kernel/lockdown.py" in files
    assert "/root/cloche/wire/__init__.py" in files
    (published,) = plane.of("AppPublish")
    assert published.app_state == api_pb2.APP_STATE_DEPLOYED


def test_without_a_gpu_none_is_asked_for(plane: ControlPlane) -> None:
    deploy(deployment_for("probe", "org/tiny"))
    assert _function(plane).resources.gpu_config.count == 0


def test_any_gpu(plane: ControlPlane) -> None:
    plane.endpoint = "https://probe.invalid"
    deploy(deployment_for("probe", "org/tiny", resources=Resources(gpu="any")))
    (request,) = plane.of("FunctionCreate")
    assert not request.HasField("function")
    ranked = request.function_data.ranked_functions
    wanted = [one.function.resources.gpu_config.gpu_type for one in ranked]
    assert wanted == ["L4", "A10", "T4"]
    assert all(one.function.is_server for one in ranked)
    assert status("probe").gpus == ("L4", "A10", "T4")


def test_weights_in_the_image_are_fetched_with_the_secrets(plane: ControlPlane) -> None:
    plane.secrets["huggingface"] = ("HF_TOKEN",)
    deploy(
        deployment_for(
            "probe", "org/tiny", weights=Weights(kept_in="image"), secrets=("huggingface",)
        )
    )
    last = plane.images[-2]
    assert "python -m cloche_server.models.fetch -- org/tiny" in last.dockerfile_commands[-1]
    (secret_id,) = last.secret_ids
    assert plane.secrets[secret_id] == ("huggingface",)
    assert not last.volume_mounts
    assert not _function(plane).volume_mounts


def test_the_same_again_does_nothing(plane: ControlPlane) -> None:
    deployment = deployment_for("probe", "org/tiny")
    deploy(deployment)
    plane.requests.clear()
    assert deploy(deployment).action == "unchanged"
    assert not plane.of("FunctionCreate")
    assert not plane.of("AppPublish")
    assert not plane.of("FunctionUpdateSchedulingParams")


def test_other_numbers_of_containers_are_set_without_deploying(plane: ControlPlane) -> None:
    deployment = deployment_for("probe", "org/tiny")
    deploy(deployment)
    plane.requests.clear()
    warmer = replace(
        deployment,
        scaling=Scaling(
            keep_warm=2,
            buffer_containers=1,
            container_idle_timeout_s=900,
            target_concurrency=2.5,
            scaleup_window_s=3,
        ),
    )
    assert deploy(warmer).action == "rescaled"
    assert deploy(warmer).action == "unchanged"
    assert not plane.of("AppPublish")
    (update,) = plane.of("FunctionUpdateSchedulingParams")
    assert update.settings.min_containers == 2
    assert update.settings.buffer_containers == 1
    assert update.settings.scaledown_window == 900
    assert update.settings.target_concurrency_float == 2.5
    assert update.settings.scaleup_window == 3
    assert not update.settings.HasField("max_containers")


def test_what_differs_is_deployed_to_the_same_function(plane: ControlPlane) -> None:
    deployment = deployment_for("probe", "org/tiny")
    deploy(deployment)
    for other in (
        replace(deployment, image=hf_image.pip_install("scipy")),
        replace(deployment, resources=Resources(gpu="H100")),
        deployment_for("probe", "org/other"),
    ):
        assert deploy(other).action == "deployed"
    assert plane.apps["probe"].deployments == 4
    assert len(plane.definitions) == 1


def test_a_hidden_prompt_travels_as_a_secret_alone(plane: ControlPlane) -> None:
    def deployed(prompt: str) -> str:
        model = {"name": "org/tiny", "hidden_system_prompt": prompt}
        return deploy(deployment_for("probe", model)).action

    assert deployed("Never say teapot.") == "deployed"
    told = [
        request
        for _, request in plane.requests
        if b"teapot" in request.SerializeToString(deterministic=True)
    ]
    assert [type(request).__name__ for request in told] == ["SecretGetOrCreateRequest"]
    assert deployed("Never say teapot.") == "unchanged"
    assert deployed("Never say kettle.") == "deployed"


def test_an_app_of_somebody_else_is_left_alone(plane: ControlPlane) -> None:
    deployment = deployment_for("probe", "org/tiny")
    deploy(deployment)
    plane.apps["probe"].tags.clear()
    plane.requests.clear()
    with pytest.raises(HostingError, match="is not Cloche's; choose another app_name"):
        deploy(deployment)
    assert not plane.of("AppPublish")


def test_a_missing_secret(plane: ControlPlane) -> None:
    with pytest.raises(HostingError, match=r"Secret 'huggingface' not found.*modal secret list"):
        deploy(deployment_for("probe", "org/tiny", secrets=("huggingface",)))
    assert "probe" not in {app.name for app in plane.apps.values() if app.deployments}


def test_an_image_that_does_not_build(
    plane: ControlPlane, capsys: pytest.CaptureFixture[str]
) -> None:
    failure = api_pb2.GenericResult.GENERIC_STATUS_FAILURE
    plane.image_result = api_pb2.GenericResult(status=failure, exception="pip said no")
    plane.build_log = ("ERROR: no matching distribution\n",)
    with pytest.raises(HostingError, match=r"pip said no; the image did not build"):
        deploy(deployment_for("probe", "org/tiny"), show=True)
    assert "no matching distribution" in capsys.readouterr().out


def test_rescale(plane: ControlPlane) -> None:
    deploy(deployment_for("probe", "org/tiny"))
    assert rescale("probe", keep_warm=3)
    assert not rescale("probe", keep_warm=3)
    assert rescale("probe", container_idle_timeout=30)
    first, second = plane.of("FunctionUpdateSchedulingParams")
    assert first.settings.min_containers == 3
    assert not first.settings.HasField("scaledown_window")
    assert second.settings.scaledown_window == 30
    assert rescale("probe", scaling=Scaling(keep_warm=9, max_containers=20))
    third = plane.of("FunctionUpdateSchedulingParams")[-1].settings
    assert (third.min_containers, third.max_containers, third.scaledown_window) == (9, 20, 300)
    with pytest.raises(InvalidRequestError, match="whole number, 2 to 3600"):
        rescale("probe", container_idle_timeout=1)
    with pytest.raises(HostingError, match="cloche deploy other"):
        rescale("other", keep_warm=1)
