"""What Modal charges, as it was quoted in public: to be checked before anybody relies on it.

Source: https://modal.com/pricing, as quoted by pages dated April to June 2026. Regions that are
chosen (`compute_region`) cost a multiple, and so do machines that are not preempted.
"""

from __future__ import annotations

from dataclasses import dataclass

AS_OF = "2026-06"
CPU_CORE_USD_PER_S = 0.0000131
MEMORY_GIB_USD_PER_S = 0.00000222
GPU_USD_PER_S = {
    "none": 0.0,
    "T4": 0.000164,
    "L4": 0.000222,
    "A10G": 0.000306,
    "L40S": 0.000542,
    "A100": 0.000583,
    "A100-80GB": 0.000694,
    "H100": 0.001097,
}


@dataclass(frozen=True, kw_only=True)
class Price:
    """Of one container; the defaults are those of `cloche deploy`."""

    gpu: str = "none"
    cpu_cores: float = 4.0
    memory_gib: float = 16.0

    @property
    def usd_per_s(self) -> float:
        return (
            GPU_USD_PER_S[self.gpu]
            + self.cpu_cores * CPU_CORE_USD_PER_S
            + self.memory_gib * MEMORY_GIB_USD_PER_S
        )

    def usd_per_thousand(self, container_s: float, calls: int) -> float:
        """What a thousand calls cost, where `calls` took `container_s`."""
        return self.usd_per_s * container_s / calls * 1000
