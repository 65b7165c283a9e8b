"""LoRA adapters: what their directory must hold, and putting them onto a model in memory.

An adapter's configuration may name Python modules to import, a base model to fetch and weights that
are pickled. None of that is followed: the configuration is read as plain data, each field from a
list, and the weights are read as safetensors.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from cloche_server.models.errors import ModelError
from cloche_server.models.local import read_object

if TYPE_CHECKING:
    from transformers import PreTrainedModel

CONFIG_FILE: Final = "adapter_config.json"
WEIGHTS_FILE: Final = "adapter_model.safetensors"
#: What the hub's helper downloads of an adapter.
ADAPTER_FILES: Final = (CONFIG_FILE, WEIGHTS_FILE)

# Handed on to LoraConfig: shapes, places and numbers.
_FIELDS: Final = frozenset(
    {
        *("r", "lora_alpha", "lora_dropout", "target_modules", "exclude_modules", "bias"),
        *("fan_in_fan_out", "use_rslora", "use_dora", "modules_to_save", "layers_to_transform"),
        *("layers_pattern", "rank_pattern", "alpha_pattern", "lora_bias"),
    }
)
# About the adapter's making, not about what it computes.
_IGNORED: Final = frozenset(
    {
        *("peft_type", "task_type", "base_model_name_or_path", "revision", "peft_version"),
        *("inference_mode", "auto_mapping", "ensure_weight_tying"),
        *("megatron_core", "qalora_group_size"),  # without their other settings they do nothing
    }
)
# Ways to begin training that leave the base model as it is. The weights are read over them.
_INITIAL: Final = (True, False, "gaussian", "orthogonal")


@dataclass(frozen=True, kw_only=True)
class Adapter:
    """A checked adapter directory, and the name that techniques switch it by."""

    name: str
    path: Path


def check_adapter(path: Path) -> None:
    """Refuses a directory whose adapter Cloche could not load, or would load with a surprise.

    Raises:
        ModelError: not an adapter's directory, pickled weights, another method than LoRA, or a
            setting that is not served.
    """
    if not path.is_dir():
        raise ModelError(f"{path}: no such directory; name a directory that holds an adapter")
    if not (path / CONFIG_FILE).is_file():
        raise ModelError(
            f"{path}: no {CONFIG_FILE}; an adapter's directory is what save_pretrained() of a "
            "PeftModel writes. A whole model needs no base_model"
        )
    _settings(path)
    if (path / WEIGHTS_FILE).is_file():
        return
    if any((path / f"adapter_model{suffix}").is_file() for suffix in (".bin", ".pt", ".pth")):
        raise ModelError(
            f"{path}: the adapter's weights are only there as a pickle; opening a pickle runs code "
            "from the file, so Cloche never does. Save them as safetensors where you trust the "
            "file: PeftModel.from_pretrained(...).save_pretrained(..., safe_serialization=True)"
        )
    raise ModelError(f"{path}: no weights; expected {WEIGHTS_FILE}")


def put_on(
    model: PreTrainedModel, adapters: Sequence[Adapter], *, merge: bool, weights: bool = True
) -> Any:
    """The model with its adapters as a `peft.PeftModel`, the first one active.

    Args:
        merge: add the adapter to the weights instead; then the model is an ordinary one again.
        weights: False leaves them out, for a model on the meta device.

    Raises:
        ModelError: an adapter does not fit the model.
    """
    from peft import LoraConfig, PeftModelForCausalLM

    wrapped: Any = None
    for adapter in adapters:
        config = LoraConfig(**_settings(adapter.path), task_type="CAUSAL_LM", inference_mode=True)
        try:
            if wrapped is None:
                wrapped = PeftModelForCausalLM(model, config, adapter_name=adapter.name)
            else:
                wrapped.add_adapter(adapter.name, config)
        except (ValueError, KeyError, RuntimeError, TypeError) as error:
            raise ModelError(f"{adapter.path}: does not fit the model: {error}") from error
        if weights:
            _fill(wrapped, adapter)
    if merge:
        wrapped = wrapped.merge_and_unload()
    return wrapped.eval()


def _fill(model: Any, adapter: Adapter) -> None:
    from peft import get_peft_model_state_dict, set_peft_model_state_dict
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    try:
        weights = load_file(adapter.path / WEIGHTS_FILE)
    except (SafetensorError, OSError) as error:
        raise ModelError(f"{adapter.path / WEIGHTS_FILE}: cannot be read: {error}") from error
    # Without the embedding layers: "auto" would ask a hub whether the vocabulary has grown.
    state = get_peft_model_state_dict(model, adapter_name=adapter.name, save_embedding_layers=False)
    wanted = set(state)
    # A tensor that is left out keeps random numbers, and one that is left over says another model.
    for kind, names in (("lacks", wanted - set(weights)), ("also has", set(weights) - wanted)):
        if names:
            raise ModelError(
                f"{adapter.path}: does not fit the model: it {kind} {len(names)} tensors such as "
                f"{min(names)}"
            )
    try:
        set_peft_model_state_dict(model, weights, adapter_name=adapter.name)
    except RuntimeError as error:
        detail = " ".join(str(error).split())[:300]
        raise ModelError(f"{adapter.path}: does not fit the model: {detail}") from error


def _settings(path: Path) -> dict[str, Any]:
    content = read_object(path / CONFIG_FILE)
    method = content.get("peft_type")
    if method != "LORA":
        raise ModelError(f"{path}: a {method!r} adapter; only LoRA adapters are served")
    unknown = {
        name: value
        for name, value in content.items()
        if name not in _FIELDS
        and name not in _IGNORED
        and not _is_off(value)
        and not (name == "init_lora_weights" and value in _INITIAL)
    }
    if unknown:
        name, value = next(iter(unknown.items()))
        raise ModelError(f"{path}: {name} is {value!r} in {CONFIG_FILE}; that is not served")
    return {name: content[name] for name in _FIELDS if content.get(name) is not None}


def _is_off(value: object) -> bool:
    return value is None or value is False or value in ({}, [])
