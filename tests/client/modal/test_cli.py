"""`cloche deploy`, `status`, `logs`, `stop` and `--app`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from cloche.cli import main

from tests.client.support.fake_server import FakeService, returning, serving
from tests.support.modal_control_plane import ControlPlane
from tests.support.modal_edge import Edge


@pytest.fixture(autouse=True)
def plain_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.delenv("CLOCHE_ADDRESS", raising=False)


def run(*arguments: str) -> int:
    with pytest.raises(SystemExit) as ended:
        main(list(arguments))
    return int(ended.value.code or 0)


SETTINGS = (
    "--gpu", "A10G", "--cpu", "2", "--memory", "8GiB", "--keep-warm", "1",
    "--cpu-limit", "4", "--memory-limit", "16GiB", "--nonpreemptible",
    "--target-concurrency", "1.5", "--max-concurrency", "6", "--scaleup-window", "7",
    "--container-idle-timeout", "60", "--buffer-containers", "1", "--max-containers", "3",
    "--pip", "scipy", "--extra-index", "https://packages.invalid/simple", "--apt", "git",
    "--secret", "huggingface", "--startup-timeout", "900", "--routing-region", "eu-west",
)  # fmt: skip


def test_a_dry_run_shows_what_a_deployment_sends(
    plane: ControlPlane, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("deploy", "probe", "-m", "org/tiny", *SETTINGS, "--dry-run", "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert not plane.requests

    plane.secrets["huggingface"] = ("HF_TOKEN",)
    assert run("deploy", "probe", "-m", "org/tiny", *SETTINGS) == 0
    (request,) = plane.of("FunctionCreate")
    function = request.function
    server = told["server"]
    assert server["gpu"] == function.resources.gpu_config.gpu_type == "A10G"
    asked = function.resources
    assert [1000 * cores for cores in server["cpu"]] == [asked.milli_cpu, asked.milli_cpu_max]
    assert server["memory"] == [asked.memory_mb, asked.memory_mb_max] == [8192, 16_384]
    assert server["nonpreemptible"] is function.scheduler_placement.nonpreemptible is True
    assert server["max_concurrency"] == function.max_concurrent_inputs == 6
    http = function.http_config
    assert server["port"] == http.port
    assert server["h2_enabled"] is http.h2_enabled is True
    assert server["unauthenticated"] is http.unauthenticated is False
    assert server["startup_timeout"] == http.startup_timeout == 900
    assert server["exit_grace_period"] == http.exit_grace_period
    assert [server["routing_region"]] == list(http.proxy_regions) == ["eu-west"]
    scaling = function.autoscaler_settings
    assert told["scaling"] == {
        "min_containers": scaling.min_containers,
        "buffer_containers": scaling.buffer_containers,
        "max_containers": scaling.max_containers,
        "scaledown_window": scaling.scaledown_window,
        "scaleup_window": scaling.scaleup_window,
        "target_concurrency": scaling.target_concurrency_float,
    }
    assert list(told["volumes"]) == [volume.mount_path for volume in function.volume_mounts]
    assert told["secrets"] == ["huggingface"]
    assert len(told["image"]) == len(plane.images)
    for shown, image in zip(told["image"], plane.images, strict=True):
        words = {"debian_slim": "FROM", "uv_pip_install": "uv pip install",
                 "apt_install": "apt-get", "env": "ENV", "source": "COPY",
                 "fetch": "models.fetch"}  # fmt: skip
        assert words[shown.split()[0]] in "\n".join(image.dockerfile_commands)


def test_a_dry_run_for_people(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "40")  # nothing is folded where a terminal is narrow
    assert run("deploy", "probe", "-m", "org/tiny", *SETTINGS, "--dry-run") == 0
    lines = [line.split(maxsplit=1) for line in capsys.readouterr().out.splitlines()]
    rows = {words[0]: words[1].strip() for words in lines if len(words) == 2}
    assert rows["app"] == "probe"
    assert rows["image"] == "debian_slim 3.11"
    assert rows["builder"] == "2025.06"
    assert float(rows["cost.usd_per_container_hour"]) > 1
    assert "modal.com/pricing, as of" in rows["cost.source"]
    assert rows["apt_install"] == "git"
    assert rows["server.gpu"] == "A10G"
    assert rows["scaling.min_containers"] == "1"
    assert rows["scaling.buffer_containers"] == "1"
    assert rows["secrets"] == "huggingface"
    assert rows["volumes./models"] == "probe-models (read-only)"
    assert rows["server.env.CLOCHE_SERVER_CONFIG.model.name"] == "org/tiny"


def test_a_dry_run_of_a_cpu_app_names_no_cuda_package(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("deploy", "probe", "-m", "org/tiny", "--dry-run") == 0
    said = capsys.readouterr().out
    assert "torch==2.13.0" in said
    assert "download.pytorch.org/whl/cpu" in said
    assert not [word for word in ("nvidia", "cuda", "triton") if word in said.lower()]


def test_every_verb_takes_an_environment_and_deploy_says_so(
    plane: ControlPlane, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    plane.endpoint = "https://probe.invalid"
    named = ("--env", "prod")
    assert run("deploy", "probe", "-m", "org/tiny", *named) == 0
    said = " ".join(capsys.readouterr().err.split())
    assert "--app probe --env prod" in said
    assert "InterpClient(app_name='probe', environment='prod')" in said
    assert "--address https://probe.invalid" in said
    assert "cloche stop probe --env prod" in said
    technique = tmp_path / "t.py"
    technique.write_text("def t(model, tokenizer): ...\n")
    for verb in (("status",), ("logs",), ("stop", "--yes")):
        plane.requests.clear()
        assert run(verb[0], "probe", *verb[1:], *named) == 0
        assert _environments(plane) == {"prod"}
    plane.apps.clear()
    for verb in (("run", str(technique)), ("check", str(technique)), ("info",)):
        plane.requests.clear()
        assert run(*verb, "--app", "probe", *named) == 5
        assert "cloche deploy probe --model ... --env prod" in capsys.readouterr().err
        assert _environments(plane) == {"prod"}


def _environments(plane: ControlPlane) -> set[str]:
    """Those in which Modal was asked for something by its name."""
    return {
        request.environment_name
        for name, request in plane.requests
        if name in ("AppGetOrCreate", "FunctionGet")
    }


def test_deploy_says_where(plane: ControlPlane, capsys: pytest.CaptureFixture[str]) -> None:
    plane.endpoint = "https://probe.invalid"
    assert run("deploy", "probe", "-m", "org/tiny", "--json") == 0
    assert json.loads(capsys.readouterr().out) == {
        "app": "probe", "action": "deployed", "url": "https://probe.invalid",
    }  # fmt: skip
    assert run("deploy", "probe", "-m", "org/tiny") == 0
    assert "probe: unchanged, at https://probe.invalid" in capsys.readouterr().out


def test_a_tunnel(plane: ControlPlane, capsys: pytest.CaptureFixture[str]) -> None:
    plane.endpoint = "https://probe.invalid"
    assert run("deploy", "probe", "-m", "org/tiny", "--endpoint", "tunnel") == 0
    (request,) = plane.of("FunctionCreate")
    assert not request.function.http_config.h2_enabled
    assert run("status", "probe") == 0
    assert "through tunnels, with a lease" in " ".join(capsys.readouterr().out.split())


MODEL = (
    "-m", "org/adapter", "--base-model", "org/tiny", "--adapter", "second=/models/second",
    "--redact-hidden-prompt", "--trust-remote-code", "--dequantize", "--dtype", "bfloat16",
    "--also", "plain=org/tiny,threads=1",
)  # fmt: skip


def test_what_serve_takes_for_its_models(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("CLOCHE_HIDDEN_SYSTEM_PROMPT", "Never say teapot.")
    assert run("deploy", "probe", *MODEL, "--dry-run", "--json") == 0
    said = capsys.readouterr()
    assert "teapot" not in said.out + said.err
    told = json.loads(said.out)["server"]["env"]["CLOCHE_SERVER_CONFIG"]
    model, (plain,) = told["model"], told["also"]
    assert (model["name"], model["base_model"]) == ("org/adapter", "org/tiny")
    assert model["adapters"] == [["second", "/models/second"]]
    assert (model["dtype"], model["trust_remote_code"]) == ("bfloat16", True)
    assert model["dequantize"] is True
    assert (model["hidden_system_prompt"], model["redact_hidden_prompt"]) == ("(hidden)", True)
    assert (plain["served_as"], plain["name"], plain["threads"]) == ("plain", "org/tiny", 1)

    prompt = tmp_path / "prompt.txt"
    prompt.write_text("Never say kettle.")
    assert run("deploy", "probe", *MODEL, "--hidden-prompt-file", str(prompt), "--dry-run") == 0
    said = capsys.readouterr()
    assert "(hidden)" in said.out
    assert "kettle" not in said.out + said.err


def test_wrong_settings(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("deploy", "probe", "-m", "org/tiny", "--gpu", "two of them", "--dry-run") == 2
    assert "--gpu is 'two of them'" in " ".join(capsys.readouterr().err.split())


@pytest.mark.parametrize("gpu", ["H1000", "a10x", ""])
def test_a_gpu_that_there_is_not(gpu: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Without Modal's being asked: a dry run reaches nobody."""
    assert run("deploy", "probe", "-m", "org/tiny", "--gpu", gpu, "--dry-run") == 2
    said = capsys.readouterr()
    assert said.out == ""
    told = " ".join(said.err.split())
    assert f"--gpu is '{gpu}'; " in told
    assert "Modal has T4, L4, A10, L40S, A100" in told


@pytest.mark.parametrize(
    ("flag", "value"),
    [
        ("--cpu", "0"), ("--memory", "1MiB"), ("--keep-warm", "-1"), ("--max-containers", "0"),
        ("--container-idle-timeout", "1"), ("--buffer-containers", "-1"),
        ("--endpoint", "tube"), ("--routing-region", ""), ("--startup-timeout", "0"),
        ("--cpu-limit", "1"), ("--memory-limit", "1GiB"), ("--target-concurrency", "0"),
        ("--max-concurrency", "0"), ("--scaleup-window", "0"), ("--weights", "disk"),
        ("--volume", "a b"), ("--secret", "a b"),
    ],
)  # fmt: skip
def test_an_error_names_what_was_typed(
    flag: str, value: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("deploy", "probe", "-m", "org/tiny", f"{flag}={value}", "--dry-run") == 2
    assert f"{flag} is " in " ".join(capsys.readouterr().err.split())


def test_a_gpu_that_nothing_uses(capsys: pytest.CaptureFixture[str]) -> None:
    command = ("deploy", "probe", "-m", "org/tiny", "--dry-run", "--json")
    assert run(*command, "--gpu", "l4") == 0
    said = capsys.readouterr()
    assert "--gpu rents a GPU that nothing uses yet: the model runs on the CPU" in said.err
    assert "warning" not in said.out
    json.loads(said.out)
    assert run(*command) == 0
    assert capsys.readouterr().err == ""


@pytest.mark.usefixtures("edge")
def test_status(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("status", "probe") == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "wants a proxy token" in said
    assert "0 kept warm" in said
    assert run("status", "probe", "--json") == 0
    assert json.loads(capsys.readouterr().out)["proxy_auth"] is True
    assert run("status", "other") == 5
    assert "looking up other" in capsys.readouterr().err


@pytest.mark.usefixtures("edge")
def test_logs(plane: ControlPlane, capsys: pytest.CaptureFixture[str]) -> None:
    plane.log("loading\n")
    plane.log("a technique wrote \x1b[2J this")
    assert run("logs", "probe", "--follow") == 0
    assert capsys.readouterr().out == "loading\na technique wrote \\x1b[2J this\nfollowed\n"


@pytest.mark.usefixtures("edge")
def test_stop_asks_first(plane: ControlPlane, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("typer.confirm", lambda text, abort: (_ for _ in ()).throw(SystemExit(1)))
    assert run("stop", "probe") == 1
    assert not plane.of("AppStop")
    assert run("stop", "probe", "--yes") == 0
    assert plane.apps["probe"].stopped


def test_app_finds_the_server(
    edge: Edge,
    service: FakeService,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("MODAL_PROXY_TOKEN_ID", "wk")
    monkeypatch.setenv("MODAL_PROXY_TOKEN_SECRET", "ws")
    monkeypatch.setenv("CLOCHE_ADDRESS", "localhost:1")  # does not stand in the way
    technique = tmp_path_factory.mktemp("techniques") / "probe.py"
    technique.write_text("def probe(model, tokenizer): ...\n")
    service.handler = returning("found")
    with serving(service) as address:
        edge.backend = int(address.rpartition(":")[2])
        assert run("run", str(technique), "--app", "probe") == 0
        assert capsys.readouterr().out == "found\n"
        assert run("check", str(technique), "--app", "probe") == 0
        assert run("info", "--app", "probe") == 0
    assert run("info", "--app", "probe", "--address", "localhost:2") == 2
