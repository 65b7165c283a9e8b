"""Settings are checked once, and survive the way to the server's process."""

from __future__ import annotations

import pytest
from cloche_server.config import ConfigError, Limits, ModelConfig, ServerConfig


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
        ({"timeout_max_s": 0}, "limits.timeout_max_s is 0"),
        ({"timeout_default_s": -1}, "limits.timeout_default_s is -1"),
        ({"memory_max_bytes": 1}, "above memory_max_bytes"),
        ({"concurrent_calls": True}, "limits.concurrent_calls"),
    ],
)
def test_limits_name_the_setting_and_its_value(settings: dict[str, int], named: str) -> None:
    with pytest.raises(ConfigError, match=named):
        Limits(**settings)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"name": ""}, "model.name is empty"),
        ({"name": "m", "dtype": "int8"}, "model.dtype is 'int8'; choose from float32"),
        ({"name": "m", "attn_implementation": "flash"}, "attn_implementation"),
        ({"name": "m", "threads": 0}, "model.threads is 0"),
        ({"name": "m", "device": "cuda"}, "model.device is 'cuda'; only 'cpu' is served"),
        ({"name": "m", "redact_hidden_prompt": True}, "needs model.hidden_system_prompt"),
        ({"name": "m", "hidden_system_prompt": " "}, "hidden_system_prompt must be text"),
        ({"name": "m", "hidden_system_prompt": "é" * 20000}, "more than 32768 bytes"),
        ({"name": "m", "merge_adapter": True}, "model.merge_adapter is for adapters"),
        ({"name": "m", "base_model": "b", "adapters": (("a b", "x"),)}, "has the name 'a b'"),
        ({"name": "m", "base_model": "b", "adapters": (("default", "x"),)}, "name 'default'"),
        (
            {"name": "m", "base_model": "b", "adapters": (("a", "x"),), "merge_adapter": True},
            "merges one adapter",
        ),
        ({"name": "m", "offline": 1}, "model.offline is 1; use true or false"),
        ({"name": "m", "trust_remote_code": "no"}, "model.trust_remote_code is 'no'"),
        ({"name": "m", "dequantize": "fp8"}, "model.dequantize is 'fp8'; use true or false"),
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
