"""Memory limits that the machine can keep."""

from __future__ import annotations

import dataclasses

import pytest
from cloche.contract.config import GIB, ConfigError, Limits, ModelConfig, ServerConfig
from cloche_server import machine

USUAL = ServerConfig(model=ModelConfig(name="m"))


def fitted(limits: Limits, total_gib: float) -> Limits:
    config = dataclasses.replace(USUAL, limits=limits)
    return machine.fitted(config, int(total_gib * GIB)).limits


def test_a_large_machine_changes_nothing() -> None:
    assert fitted(Limits(), 512) == Limits()


def test_what_nobody_chose_is_made_to_fit() -> None:
    limits = fitted(Limits(), 10)
    assert limits.memory_max_bytes == 8 * GIB
    assert limits.memory_default_bytes == GIB  # eight calls at once find room


def test_a_cap_beyond_the_machine_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"memory_max_bytes is \d+; the machine has \d+ bytes"):
        fitted(Limits(memory_max_bytes=9 * GIB), 10)
    model = ModelConfig(name="m", memory_max_bytes=9 * GIB)
    with pytest.raises(ConfigError, match="the machine has"):
        machine.fitted(ServerConfig(model=model), 10 * GIB)


def test_what_was_chosen_stays() -> None:
    chosen = Limits(memory_max_bytes=6 * GIB, memory_default_bytes=5 * GIB)
    assert fitted(chosen, 10) == chosen


def test_the_usual_value_may_be_chosen() -> None:
    """As much as a server allows by itself, but typed: kept, or refused."""
    chosen = Limits.of({"memory_default_bytes": 4 * GIB})
    assert fitted(chosen, 20).memory_default_bytes == 4 * GIB  # not made to fit eight calls
    with pytest.raises(ConfigError, match="memory_default_bytes is"):
        fitted(chosen, 4)
    with pytest.raises(ConfigError, match="memory_max_bytes is"):
        fitted(Limits.of({"memory_max_bytes": 16 * GIB}), 10)
    # It is so in another process too.
    config = dataclasses.replace(USUAL, limits=chosen)
    with pytest.raises(ConfigError, match="memory_default_bytes is"):
        machine.fitted(ServerConfig.from_json(config.to_json()), 4 * GIB)
    assert fitted(Limits.of({}), 10) == fitted(Limits(), 10)


def test_this_machine_has_memory() -> None:
    assert machine.memory_bytes() > 256 << 20
