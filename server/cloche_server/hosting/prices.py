"""Estimate what a container costs by the price list."""

from __future__ import annotations

from typing import Any, Final

from cloche_server.hosting.deployment import Deployment

SOURCE: Final = "modal.com/pricing, as of 2026-05"
# US dollars a second: of a physical core, of a GiB of memory, and of a GPU.
_CORE: Final = 0.0000131
_GIB: Final = 0.00000222
_GPU: Final = {
    "T4": 0.000164,
    "L4": 0.000222,
    "A10": 0.000306,
    "A10G": 0.000306,
    "L40S": 0.000542,
    "A100": 0.000583,
    "A100-40GB": 0.000583,
    "A100-80GB": 0.000694,
    "H100": 0.001097,
    "H100!": 0.001097,
    "H200": 0.001261,
    "B200": 0.001736,
}
_HOUR_S: Final = 3600
_MONTH_H: Final = 730


def estimate(deployment: Deployment) -> dict[str, Any]:
    """Dollars: a container's hour, a month of those that are kept warm, and the most in a month."""
    resources, scaling = deployment.resources, deployment.scaling
    unknown = [name for name in resources.gpus if name not in _GPU]
    gpu = max((_GPU[name] for name in resources.gpus if name in _GPU), default=0.0)
    second = resources.cpu_cores * _CORE + resources.memory_mib / 1024 * _GIB + gpu
    hour = second * _HOUR_S
    told: dict[str, Any] = {
        "usd_per_container_hour": round(hour, 3),
        "usd_per_month_kept_warm": round(hour * _MONTH_H * scaling.keep_warm, 2),
        "usd_per_month_at_most": round(hour * _MONTH_H * scaling.most_containers, 2),
        "source": f"{SOURCE}; what your workspace pays: modal billing rates",
        "counted": "cores, memory and GPU as they are asked for, the dearest of several GPUs; a "
        "container that uses more than it asked for, a chosen region and nonpreemptible cost more",
    }
    if unknown:
        told["not_counted"] = f"no price is known here for {', '.join(unknown)}"
    return told
