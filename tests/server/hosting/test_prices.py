"""An estimate by the list: of what it is made, and what it leaves out."""

from __future__ import annotations

import pytest
from cloche_server.hosting.deployment import Resources, Scaling, deployment_for
from cloche_server.hosting.gpus import NAMES
from cloche_server.hosting.prices import estimate


def test_a_cpu_container() -> None:
    told = estimate(
        deployment_for(
            "p",
            "org/t",
            resources=Resources(cpu_cores=4, memory_mib=16_384),
            scaling=Scaling(keep_warm=1),
        )
    )
    # 4 cores at 0.0472 and 16 GiB at 0.0080 an hour.
    assert told["usd_per_container_hour"] == pytest.approx(0.317, abs=0.001)
    assert told["usd_per_month_kept_warm"] == pytest.approx(231, abs=1)
    assert told["usd_per_month_at_most"] == pytest.approx(4 * 231, abs=3)
    assert "modal.com/pricing, as of 2026-05" in told["source"]
    assert "modal billing rates" in told["source"]
    assert "not_counted" not in told


def test_nothing_is_paid_for_what_is_not_kept_warm() -> None:
    assert estimate(deployment_for("p", "org/t"))["usd_per_month_kept_warm"] == 0


def test_of_several_gpus_the_dearest_counts() -> None:
    def hour(gpu: str) -> float:
        told = estimate(deployment_for("p", "org/t", resources=Resources(gpu=gpu)))
        found = told["usd_per_container_hour"]
        assert isinstance(found, float)
        return found

    assert hour("L4") < hour("H100")
    assert hour("L4,H100,T4") == hour("H100")


@pytest.mark.parametrize("gpu", NAMES)
def test_a_gpu_without_a_price_is_said_to_have_none(gpu: str) -> None:
    told = estimate(deployment_for("p", "org/t", resources=Resources(gpu=gpu)))
    priced = told["usd_per_container_hour"] > 0.4
    assert priced == ("not_counted" not in told)
