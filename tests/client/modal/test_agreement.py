"""What is given without deploy=True says what the caller expects of the app that runs."""

from __future__ import annotations

from typing import Any

import pytest
from cloche import HostingError, InterpClient, InvalidRequestError
from cloche.modal import deploy, deployment_for
from cloche.modal._agreement import tags_of
from cloche_server.hosting.deployment import Resources

from tests.support.modal_control_plane import ControlPlane

TOKEN = ("wk", "ws")
ADAPTER = {
    "model_name": "my-username/my-lora-adapter",
    "base_model": "meta-llama/Llama-2-7b-hf",
    "is_peft": True,
}
PROMPT = "You are a helpful assistant. SECRET: abc123"


def opened(**options: Any) -> None:
    InterpClient(
        app_name="my-experiment", proxy_token=TOKEN, progress=False, **options
    ).close()  # fmt: skip


@pytest.mark.parametrize(
    ("deployed", "given"),
    [
        ({"gpu": "A10G"}, {"gpu": "A10G"}),
        ({"gpu": "A10G"}, {"gpu": "a10g"}),
        ({"gpu": "A10G"}, {}),
        ({"gpu": "any"}, {"gpu": "any"}),
        ({"gpu": ["L4", "A10"]}, {"gpu": "l4,a10"}),
        ({"resources": Resources(cpu_cores=8)}, {"resources": Resources(cpu_cores=8)}),
        ({}, {"container_idle_timeout": 300}),
        ({}, {"keep_warm": 1}),
        ({"model_name": "meta-llama/Llama-2-7b-hf", "gpu": "A100"},
         {"model_name": "meta-llama/Llama-2-7b-hf", "gpu": "A100"}),
        (ADAPTER, ADAPTER),
        ({"hidden_system_prompt": PROMPT}, {"hidden_system_prompt": PROMPT}),
        ({"dtype": "bfloat16", "revision": "main"}, {"dtype": "bfloat16", "revision": "main"}),
        ({"also": {"two": "org/two"}}, {"model_name": "two"}),
        ({}, {"dtype": "float32"}),
    ],
    ids=str,
)  # fmt: skip
def test_what_agrees_opens(
    plane: ControlPlane, deployed: dict[str, Any], given: dict[str, Any]
) -> None:
    opened(**{"model_name": "gpt2", **deployed}, deploy=True)
    published = len(plane.of("AppPublish"))
    model_name = deployed.get("model_name", "gpt2")
    opened(**{"model_name": model_name, **given})
    assert len(plane.of("AppPublish")) == published


@pytest.mark.parametrize(
    ("deployed", "given", "said"),
    [
        ({"gpu": "A10G"}, {"gpu": "A100"}, ("gpu='A10G'", "gpu='A100'")),
        ({}, {"gpu": "A100"}, ("no gpu", "gpu='A100'")),
        ({}, {"model_name": "org/other_one"}, ("'gpt2'", "'org/other_one'")),
        ({}, {"revision": "v2"}, ("no revision", "revision='v2'")),
        ({"dtype": "bfloat16"}, {"dtype": "float16"}, ("dtype='bfloat16'", "dtype='float16'")),
        ({}, {"hidden_system_prompt": PROMPT}, ("no hidden_system_prompt",)),
        ({"hidden_system_prompt": PROMPT}, {"hidden_system_prompt": "Other."}, ("of its own",)),
        ({}, {"limits": {"timeout_max_s": 5}}, ("limits",)),
        ({}, {"secrets": ("hf",)}, ("no secrets",)),
        ({}, {"resources": Resources(cpu_cores=8)}, ("resources of its own",)),
    ],
    ids=str,
)
def test_what_differs_is_named_on_both_sides(
    plane: ControlPlane, deployed: dict[str, Any], given: dict[str, Any], said: tuple[str, ...]
) -> None:
    opened(**{"model_name": "gpt2", **deployed}, deploy=True)
    with pytest.raises(InvalidRequestError) as caught:
        opened(**{"model_name": "gpt2", **given})
    message = str(caught.value)
    assert all(word in message for word in ("my-experiment", "deploy=True", *said)), message
    assert "abc123" not in message
    assert caught.value.field in given


def test_an_app_that_is_not_there(plane: ControlPlane) -> None:
    with pytest.raises(HostingError, match=r"my-experiment.*deploy=True"):
        opened(model_name="gpt2", gpu="A10G")


def test_an_app_that_does_not_say(plane: ControlPlane) -> None:
    deploy(deployment_for("my-experiment", "gpt2"))
    for app in plane.apps.values():
        app.tags = {k: v for k, v in app.tags.items() if not k.startswith("cloche-set-")}
    with pytest.raises(HostingError, match="does not say how it was deployed"):
        opened(model_name="gpt2", gpu="A10G")
    opened()


def test_tags_keep_modals_rule_and_the_secret() -> None:
    from modal._utils.name_utils import check_tag_dict

    deployment = deployment_for(
        "my-experiment",
        {"name": "org/" + "a" * 80, "hidden_system_prompt": PROMPT, "revision": "größe/ü"},
        also={"two": "org/two"},
        limits={"timeout_max_s": 5},
        resources=Resources(gpu="A10G"),
    )
    tags = tags_of(deployment)
    check_tag_dict(tags)
    assert "abc123" not in str(tags)
    assert tags["cloche-set-gpu"] == "A10G"
