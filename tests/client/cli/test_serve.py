"""`cloche serve`: from options to a configuration."""

from __future__ import annotations

import os
import sys
import types
from pathlib import Path
from typing import Any

import pytest
from cloche.contract.config import ServerConfig

from tests.client.cli.test_app import run

configs: list[Any] = []


@pytest.fixture(autouse=True)
def fake_serve(monkeypatch: pytest.MonkeyPatch) -> None:
    configs.clear()
    module = types.ModuleType("cloche_server.serve")

    def serve(config: Any) -> int:
        configs.append(config)
        return 7

    module.serve = serve  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "cloche_server.serve", module)


def test_options_and_exit_code() -> None:
    code = run(
        "serve", "gpt2", "--listen", "0.0.0.0:9", "--dtype", "bfloat16", "--attn", "sdpa",
        "--threads", "2",
        "--concurrency", "3", "--timeout-max", "30", "--memory-max", "2GiB", "--pool", "1",
    )  # fmt: skip
    assert code == 7
    (config,) = configs
    assert (config.model.name, config.model.dtype, config.model.attn_implementation) == (
        "gpt2", "bfloat16", "sdpa",
    )  # fmt: skip
    assert (config.listen, config.pool_size) == ("0.0.0.0:9", 1)
    assert (config.limits.timeout_max_s, config.limits.timeout_default_s) == (30, 30)
    assert config.limits.memory_max_bytes == config.limits.memory_default_bytes == 2 << 30


def test_the_seconds_of_a_stop(capsys: pytest.CaptureFixture[str]) -> None:
    for given in ((), ("--drain", "2.5")):
        run("serve", "m", *given)
    assert [config.drain_s for config in configs] == [10, 2.5]
    assert ServerConfig.from_json(configs[1].to_json()).drain_s == 2.5
    assert run("serve", "m", "--drain", "0") == 2
    assert "--drain is 0.0; it must be a number above 0" in capsys.readouterr().err


def test_the_seconds_between_signs_of_life(capsys: pytest.CaptureFixture[str]) -> None:
    for given in ((), ("--heartbeat", "2.5")):
        run("serve", "m", *given)
    assert [config.heartbeat_s for config in configs] == [10, 2.5]
    assert run("serve", "m", "--heartbeat", "0") == 2
    assert "--heartbeat is 0.0; it must be a number above 0" in capsys.readouterr().err


def test_a_limit_that_is_typed_is_given_even_where_it_is_the_usual_one() -> None:
    run("serve", "m", "--memory-max", "16GiB")
    run("serve", "m")
    assert [config.limits.given for config in configs] == [("memory_max_bytes",), ()]


def test_where_the_model_comes_from() -> None:
    run("serve", "org/m", "--offline", "--cache-dir", "/cache", "--trust-remote-code")
    (config,) = configs
    model = config.model
    assert (model.offline, model.cache_dir, model.trust_remote_code) == (True, "/cache", True)
    assert ServerConfig.from_json(config.to_json()) == config


def test_quantised_weights() -> None:
    for given in ((), ("--dequantize",)):
        run("serve", "m", *given)
    assert [config.model.dequantize for config in configs] == [False, True]


def test_adapters() -> None:
    base = ("--base-model", "b", "--base-revision", "v1")
    run("serve", "ad", *base, "--adapter", "x=dir/x", "--adapter", "y=dir/y=")
    (config,) = configs
    assert (config.model.name, config.model.base_model) == ("ad", "b")
    assert config.model.base_revision == "v1"
    assert config.model.adapters == (("x", "dir/x"), ("y", "dir/y="))


@pytest.mark.parametrize("value", ["x", "=dir", "x="])
def test_an_adapter_without_a_name_or_place(value: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("serve", "ad", "--base-model", "b", "--adapter", value) == 2
    assert "give NAME=ADAPTER" in capsys.readouterr().err


def test_a_name_given_twice(capsys: pytest.CaptureFixture[str]) -> None:
    twice = ("--adapter", "x=dir/x", "--adapter", "x=dir/y")
    assert run("serve", "ad", "--base-model", "b", *twice) == 2
    assert "--adapter x is given twice" in capsys.readouterr().err


def test_more_than_one_model() -> None:
    run("serve", "a", "--also", "b=dir/b", "--also", "c=org/c,dtype=auto,pool=1,memory-max=2GiB")
    (config,) = configs
    assert [each.label for each in config.models] == ["a", "b", "c"]
    third = config.models[2]
    assert (third.name, third.dtype, third.pool_size) == ("org/c", "auto", 1)
    assert config.limits_of(third).memory_max_bytes == 2 << 30
    assert config.limits_of(third).memory_default_bytes == 2 << 30
    assert config.limits_of(config.model) == config.limits


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("b", "give NAME=MODEL"),
        ("b=dir,colour=red", "'colour=red'; settings are revision, dtype"),
        ("b=dir,pool=many", "'pool=many'; give a whole number"),
        ("a=dir", "two models are served as 'a'"),
    ],
)
def test_another_model_that_cannot_be_meant(
    value: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("serve", "a", "--also", value) == 2
    shown = " ".join(capsys.readouterr().err.replace("│", "").split())
    assert said in shown


def test_a_hidden_prompt_comes_from_a_file_or_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "prompt"
    file.write_text("You are a pirate.\n")
    run("serve", "m", "--hidden-prompt-file", str(file), "--redact-hidden-prompt")
    monkeypatch.setenv("CLOCHE_HIDDEN_SYSTEM_PROMPT", "You are a parrot.")
    run("serve", "m")
    assert "CLOCHE_HIDDEN_SYSTEM_PROMPT" not in os.environ
    found = [(each.model.hidden_system_prompt, each.model.redact_hidden_prompt) for each in configs]
    assert found == [("You are a pirate.", True), ("You are a parrot.", False)]
    assert run("serve", "m", "--hidden-prompt-file", str(tmp_path / "none")) == 2
    assert "cannot read" in capsys.readouterr().err


def test_bad_setting(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("serve", "gpt2", "--dtype", "int3") == 2
    shown = " ".join(capsys.readouterr().err.replace("│", "").split())
    assert "--dtype is 'int3'; it must be one of float32" in shown
    assert run("serve", "gpt2", "--timeout-max", "5", "--timeout-default", "9") == 2
    shown = " ".join(capsys.readouterr().err.replace("│", "").split())
    assert "--timeout-default is 9.0, above --timeout-max, 5.0" in shown


def test_missing_server_extra(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert run("serve", "gpt2") == 5
    assert "pip install 'cloche[server]'" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--timeout-default", "9", "--timeout-max", "5"), "--timeout-default is 9.0, above"),
        (("--threads", "0"), "--threads is 0"),
        (("--pool", "0"), "--pool is 0"),
        (("--concurrency", "0"), "--concurrency is 0"),
        (("--merge-adapter",), "--merge-adapter is for adapters; give --base-model too"),
        (("--redact-hidden-prompt",), "--redact-hidden-prompt needs --hidden-prompt-file"),
        (("--listen", "127.0.0.1"), "--listen is '127.0.0.1'; it must be 'host:port'"),
        (("--listen", "127.0.0.1:99999"), "--listen is '127.0.0.1:99999'"),
    ],
)
def test_errors_speak_of_what_was_typed(
    options: tuple[str, ...], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("serve", "m", *options) == 2
    shown = " ".join(capsys.readouterr().err.replace("│", " ").split())
    assert said in shown
    assert "model." not in shown
    assert "limits." not in shown
