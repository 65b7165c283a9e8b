"""Status, logs and stop."""

from __future__ import annotations

import pytest
from cloche.contract.errors import HostingError
from cloche.modal import Resources, Scaling, deploy, deployment_for, logs, status, stop

from tests.support.modal_control_plane import ControlPlane


@pytest.fixture
def deployed(plane: ControlPlane) -> ControlPlane:
    plane.endpoint = "https://probe.invalid"
    deploy(
        deployment_for(
            "probe", "org/tiny", resources=Resources(gpu="L4"), scaling=Scaling(keep_warm=1)
        )
    )
    plane.requests.clear()
    return plane


def test_status(deployed: ControlPlane) -> None:
    deployed.starting = 2
    told = status("probe")
    assert told.url == "https://probe.invalid"
    assert told.gpus == ("L4",)
    assert told.proxy_auth
    assert (told.keep_warm, told.container_idle_timeout_s, told.max_containers) == (1, 300, 4)
    assert (told.containers_starting, told.requests, told.container_errors) == (2, 7, 0)
    assert told.config == deployed.apps["probe"].tags["cloche-config"]


def test_logs(deployed: ControlPlane) -> None:
    deployed.log("one\n")
    deployed.log("two\n")
    assert list(logs("probe")) == ["one\n", "two\n"]
    assert list(logs("probe", follow=True)) == ["one\n", "two\n", "followed\n"]


def test_stop(deployed: ControlPlane) -> None:
    stop("probe")
    assert deployed.apps["probe"].stopped
    with pytest.raises(HostingError, match="looking up probe"):
        status("probe")


def test_an_app_of_somebody_else_is_left_alone(deployed: ControlPlane) -> None:
    deployed.apps["probe"].tags.clear()
    for act in (stop, status, lambda name: list(logs(name))):
        with pytest.raises(HostingError, match="not Cloche's"):
            act("probe")
    assert not deployed.of("AppStop")
