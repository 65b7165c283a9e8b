"""Settings are checked once, and survive the way to the server's process."""

from __future__ import annotations

import types
from pathlib import Path
from typing import Any, Union, get_args, get_origin, get_type_hints

import pytest
from cloche.contract.config import ConfigError, Limits, ModelConfig, ModelSettings, ServerConfig
from cloche.contract.settings import kind_of, settings_of


def test_a_configuration_survives_json() -> None:
    config = ServerConfig(
        model=ModelConfig(
            name="m", threads=3, dtype="bfloat16", base_model="b", adapters=(("other", "dir"),)
        ),
        also=(ModelConfig(name="n", served_as="small", pool_size=1),),
        limits=Limits(timeout_max_s=99),
        unsafe_walls_off=("language",),
    )
    assert ServerConfig.from_json(config.to_json()) == config


@pytest.mark.parametrize("text", ["", "{}", "[]", "not json", '{"model": {"nome": "x"}}', "null"])
def test_what_is_no_configuration_is_refused(text: str) -> None:
    with pytest.raises(ConfigError, match="not a server configuration"):
        ServerConfig.from_json(text)


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"timeout_max_s": 0}, "timeout_max_s is 0"),
        ({"timeout_default_s": -1}, "timeout_default_s is -1"),
        ({"memory_max_bytes": 1}, "above memory_max_bytes"),
        ({"concurrent_calls": True}, "concurrent_calls"),
    ],
)
def test_limits_name_the_setting_and_its_value(settings: dict[str, int], named: str) -> None:
    with pytest.raises(ConfigError, match=named):
        Limits(**settings)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"name": ""}, "model_name is ''; it must be"),
        ({"name": "m", "dtype": "int8"}, "dtype is 'int8'; it must be one of float32"),
        ({"name": "m", "attn_implementation": "flash"}, "attn_implementation"),
        ({"name": "m", "threads": 0}, "threads is 0"),
        ({"name": "m", "device": "mps"}, "device is 'mps'; it must be one of cpu, cuda"),
        ({"name": "m", "device": "cuda", "weights": "fork"}, "weights is 'fork'; a fork inherits"),
        ({"name": "m", "redact_hidden_prompt": True}, "needs hidden_system_prompt"),
        ({"name": "m", "hidden_system_prompt": " "}, "hidden_system_prompt must be text"),
        ({"name": "m", "hidden_system_prompt": "é" * 20000}, "more than 32768 bytes"),
        ({"name": "m", "merge_adapter": True}, "merge_adapter is for adapters"),
        ({"name": "m", "base_model": "b", "adapters": (("a b", "x"),)}, "has the name 'a b'"),
        ({"name": "m", "base_model": "b", "adapters": (("default", "x"),)}, "name 'default'"),
        (
            {"name": "m", "base_model": "b", "adapters": (("a", "x"),), "merge_adapter": True},
            "merges one adapter",
        ),
        ({"name": "m", "offline": 1}, "offline is 1; it must be True or False"),
        ({"name": "m", "trust_remote_code": "no"}, "trust_remote_code is 'no'"),
        ({"name": "m", "dequantize": "fp8"}, "dequantize is 'fp8'; it must be True or False"),
    ],
)
def test_models_name_the_setting_and_its_value(settings: dict[str, object], named: str) -> None:
    with pytest.raises(ConfigError, match=named):
        ModelConfig(**settings)  # type: ignore[arg-type]


def test_files_of_a_model_and_of_its_adapters() -> None:
    alone = ModelConfig(name="org/m", revision="v1", trust_remote_code=True)
    assert [each.arguments() for each in alone.files] == [
        ("--revision", "v1", "--with-code", "--", "org/m")
    ]
    adapted = ModelConfig(
        name="org/a",
        revision="v2",
        base_model="org/m",
        base_revision="v1",
        adapters=(("second", "org/b"),),
        trust_remote_code=True,
    )
    # An adapter has no code to trust.
    assert [each.arguments() for each in adapted.files] == [
        ("--revision", "v2", "--adapter", "--", "org/a"),
        ("--adapter", "--", "org/b"),
        ("--revision", "v1", "--with-code", "--", "org/m"),
    ]


def test_a_hidden_prompt_is_shown_nowhere() -> None:
    config = ServerConfig(model=ModelConfig(name="m", hidden_system_prompt="a pirate"))
    assert "pirate" not in repr(config)
    assert ServerConfig.from_json(config.to_json()) == config
    with pytest.raises(ConfigError) as caught:
        ModelConfig(name="m", hidden_system_prompt=["a pirate"])  # type: ignore[arg-type]
    assert "pirate" not in str(caught.value)


def test_walls_can_only_be_named_exactly() -> None:
    with pytest.raises(ConfigError, match="unsafe_walls_off"):
        ServerConfig(model=ModelConfig(name="m"), unsafe_walls_off=("all",))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "listen",
    ["", "127.0.0.1", "localhost:", "127.0.0.1:99999", "127.0.0.1:0", ":50051", "unix:",
     "::1:50051", "http://127.0.0.1:50051", "127.0.0.1:x"],
)  # fmt: skip
def test_an_address_to_listen_at_is_one_that_clients_can_name(listen: str) -> None:
    with pytest.raises(ConfigError, match="it must be 'host:port'"):
        ServerConfig(model=ModelConfig(name="m"), listen=listen)


@pytest.mark.parametrize("listen", ["localhost:50051", "[::1]:50051", "unix:/tmp/s", "0.0.0.0:1"])
def test_addresses_to_listen_at(listen: str) -> None:
    assert ServerConfig(model=ModelConfig(name="m"), listen=listen).listen == listen


def test_the_fronts_memory_has_a_least() -> None:
    with pytest.raises(ConfigError, match="front_memory_bytes is 1"):
        ServerConfig(model=ModelConfig(name="m"), front_memory_bytes=1)
    config = ServerConfig(model=ModelConfig(name="m"))
    assert config.held_max_bytes == config.front_memory_bytes // 2


def test_what_a_caller_may_give_is_what_a_model_has() -> None:
    """The same names, and the same values but for paths and mappings."""
    ours = {"name", "served_as", "pool_size", "memory_max_bytes"}  # given by other arguments
    assert set(ModelSettings.__annotations__) == set(settings_of(ModelConfig)) - ours
    for name, kind in get_type_hints(ModelSettings).items():
        given = {each for each in _members(kind) if each not in (Path, type(None))}
        if name != "adapters":
            assert given == set(_members(kind_of(ModelConfig, name))), name


def _members(kind: Any) -> tuple[Any, ...]:
    return get_args(kind) if get_origin(kind) in (Union, types.UnionType) else (kind,)


def test_every_setting_with_a_flag_says_what_it_is() -> None:
    for config in (ModelConfig, Limits, ServerConfig):
        for name, about in settings_of(config).items():
            assert about.help or about.flag is None, name


def test_a_model_from_what_a_caller_gave() -> None:
    config = ModelConfig.of(
        Path("m"), {"revision": None, "base_model": Path("b"), "adapters": {"x": Path("y")}}
    )
    assert config == ModelConfig(name="m", base_model="b", adapters=(("x", "y"),))
    with pytest.raises(ConfigError, match="colour: no such setting; choose from name, revision"):
        ModelConfig.of("m", {"colour": "red"})
    with pytest.raises(ConfigError, match="model_name is 7; it must be a directory"):
        ModelConfig.of(7, {})


def test_a_lower_cap_lowers_its_default() -> None:
    assert Limits.of({"timeout_max_s": 5}) == Limits(timeout_max_s=5, timeout_default_s=5)
    assert Limits.of({"timeout_max_s": 500}).timeout_default_s == Limits().timeout_default_s
    with pytest.raises(ConfigError, match="timeout_default_s is 9, above timeout_max_s, 5"):
        Limits.of({"timeout_max_s": 5, "timeout_default_s": 9})


def test_an_error_names_settings_as_they_were_typed() -> None:
    with pytest.raises(ConfigError) as caught:
        ModelConfig(name="m", merge_adapter=True)
    flags = {"merge_adapter": "--merge-adapter", "base_model": "--base-model"}
    assert caught.value.setting == "merge_adapter"
    assert caught.value.told(flags.__getitem__) == (
        "--merge-adapter is for adapters; give --base-model too"
    )


@pytest.mark.parametrize("mode", ["660", "0660", "600"])
def test_a_sockets_mode(mode: str) -> None:
    assert ServerConfig(model=ModelConfig(name="m"), socket_mode=mode).socket_mode == mode


@pytest.mark.parametrize("mode", ["", "66", "1660", "00660", "668", "u+w", "\u0666660", "660\n"])
def test_what_is_no_sockets_mode(mode: str) -> None:
    with pytest.raises(ConfigError, match="three octal digits"):
        ServerConfig(model=ModelConfig(name="m"), socket_mode=mode)
