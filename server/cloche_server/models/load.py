"""A directory becomes a model in memory: offline, on one thread, with no code from its files
unless the operator trusts it.

One thread, because the process that loads is the one that forks: a pool that ran before a fork
leaves locks behind that no child can ever take.
"""

import contextlib
import os
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from cloche.contract.config import ModelConfig

from cloche_server.models import quantised
from cloche_server.models.errors import ModelError
from cloche_server.models.local import LocalModel, check_directory, read_config

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerBase

# What must be in the environment of a process *before* it imports torch, numpy or tokenizers for
# them to start no thread. `load` sets those that are read late by itself.
SINGLE_THREADED_ENV = MappingProxyType(
    {
        "OMP_NUM_THREADS": "1",  # torch and OpenBLAS start their pools at import
        "MKL_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "TOKENIZERS_PARALLELISM": "false",  # a rayon pool, started by the first batch
        "HF_DEACTIVATE_ASYNC_LOAD": "1",  # transformers reads tensors with a thread pool
        "HF_HUB_OFFLINE": "1",  # no look-ups: everything is on disk
    }
)

_CUSTOM_CODE = (
    "needs code from its own files (auto_map in config.json), which is not run unless the operator "
    "says trust_remote_code; use a model whose architecture transformers has itself, or read that "
    "code first"
)


@dataclass(frozen=True)
class Loaded:
    """A model in eval mode and its tokenizer.

    `dequantized_from` is the method of a checkpoint whose weights were quantised, one of
    `quantised.METHODS`; empty for others.
    """

    model: "PreTrainedModel"
    tokenizer: "PreTrainedTokenizerBase"
    dequantized_from: str = ""


def load(local: LocalModel, settings: ModelConfig, *, without_weights: str | None = None) -> Loaded:
    """Loads a causal language model and its tokenizer from disk.

    Parameters keep the requires_grad that transformers gives them, so gradients work. Sets
    environment variables that keep transformers and tokenizers to this thread, and leaves them set.

    Args:
        local: what `fetch` or `prepare_demo_model` found.
        settings: how it is held; where its files come from is not looked at.
        without_weights: the dtype of a model that was loaded before. The same model is made, on
            torch's meta device.

    Raises:
        ModelError: an unknown or non-causal architecture, a model that needs code of its own,
            weights that are quantised and not to be dequantised, weights that do not fit the
            config, or no tokenizer.
    """
    check_directory(local.path)
    _stay_on_one_thread()
    from transformers import AutoConfig

    trust_remote_code = settings.trust_remote_code
    _check_architecture(local, trust_remote_code)
    with _own_code(trust_remote_code):
        try:
            config = AutoConfig.from_pretrained(
                local.path, trust_remote_code=trust_remote_code, local_files_only=True
            )
        except Exception as error:
            raise ModelError(
                f"{local.name}: config.json is not usable: {_first_line(error)}"
            ) from error
        method = quantised.prepare(local, config, dequantize=settings.dequantize)
        tokenizer = _load_tokenizer(local, trust_remote_code)
        if without_weights is None:
            model: Any = _load_model(local, config, settings, quantised_by=method)
        else:
            model = _make_model(local, config, settings, without_weights)
    return Loaded(model.eval(), tokenizer, method)


def _stay_on_one_thread() -> None:
    for name in ("TOKENIZERS_PARALLELISM", "HF_DEACTIVATE_ASYNC_LOAD"):
        os.environ[name] = SINGLE_THREADED_ENV[name]
    import tqdm  # type: ignore[import-untyped]
    from transformers.utils import logging

    # The first progress bar starts a thread that watches all of them, and it is never joined.
    tqdm.tqdm.monitor_interval = 0
    logging.disable_progress_bar()  # type: ignore[no-untyped-call]


@contextlib.contextmanager
def _own_code(trusted: bool) -> Iterator[None]:
    """A folder for the copies of a model's code that transformers imports; it does not stay.

    Nothing is imported from it later: a sandbox has no files.
    """
    if not trusted:
        yield
        return
    from transformers import dynamic_module_utils

    settings: Any = dynamic_module_utils
    kept = settings.HF_MODULES_CACHE
    with tempfile.TemporaryDirectory(prefix="cloche-model-code-") as folder:
        settings.HF_MODULES_CACHE = folder
        try:
            yield
        finally:
            settings.HF_MODULES_CACHE = kept
            with contextlib.suppress(ValueError):
                sys.path.remove(folder)


def _check_architecture(local: LocalModel, trust_remote_code: bool) -> None:
    # Asked from tables rather than read out of exceptions' texts, which change with each release.
    from transformers import CONFIG_MAPPING, __version__
    from transformers.models.auto.modeling_auto import MODEL_FOR_CAUSAL_LM_MAPPING_NAMES

    config = read_config(local.path)
    if trust_remote_code and "auto_map" in config:
        return
    model_type = config.get("model_type")
    if not isinstance(model_type, str):
        raise ModelError(f"{local.name}: config.json names no model_type")
    if model_type not in CONFIG_MAPPING:
        if "auto_map" in config:
            raise ModelError(f"{local.name}: {_CUSTOM_CODE}")
        raise ModelError(
            f"{local.name}: unknown architecture {model_type!r} to transformers {__version__}; "
            "a later transformers may have it"
        )
    if model_type not in MODEL_FOR_CAUSAL_LM_MAPPING_NAMES:
        raise ModelError(
            f"{local.name}: {model_type!r} is not a causal language model; name one that "
            "AutoModelForCausalLM loads"
        )


def _load_tokenizer(local: LocalModel, trust_remote_code: bool) -> "PreTrainedTokenizerBase":
    from transformers import AutoTokenizer

    names = ("tokenizer.json", "tokenizer.model", "vocab.json", "vocab.txt", "spiece.model")
    if not any((local.path / name).is_file() for name in names):
        # Asked before transformers is: for some architectures it makes up an empty tokenizer.
        raise ModelError(
            f"{local.name}: no tokenizer in {local.path}; save it there with "
            "tokenizer.save_pretrained(...)"
        )
    try:
        tokenizer: PreTrainedTokenizerBase = AutoTokenizer.from_pretrained(
            local.path, trust_remote_code=trust_remote_code, local_files_only=True
        )
    except Exception as error:
        raise ModelError(
            f"{local.name}: the tokenizer cannot be loaded: {_first_line(error)}"
        ) from error
    return tokenizer


def _load_model(
    local: LocalModel,
    config: Any,
    settings: ModelConfig,
    *,
    quantised_by: str,
) -> "PreTrainedModel":
    from transformers import AutoModelForCausalLM

    try:
        pair: Any = AutoModelForCausalLM.from_pretrained(
            local.path,
            config=config,
            dtype=settings.dtype,
            attn_implementation=settings.attn_implementation,
            trust_remote_code=settings.trust_remote_code,
            local_files_only=True,
            use_safetensors=True,
            output_loading_info=True,
        )
    except Exception as error:
        raise ModelError(f"{local.name}: cannot be loaded: {_first_line(error)}") from error
    model: PreTrainedModel
    model, report = pair
    # transformers would fill these with random numbers and go on: silently a different model.
    for kind in ("missing_keys", "mismatched_keys"):
        keys = sorted(str(key) for key in report[kind])
        if keys:
            raise ModelError(
                f"{local.name}: the weights do not fit the config: {len(keys)} {kind} such as "
                f"{keys[0]}; download the model again"
            )
    if quantised_by:
        quantised.check_loaded(local, model, report["unexpected_keys"])
    return model


def _make_model(local: LocalModel, config: Any, settings: ModelConfig, dtype: str) -> Any:
    """What `_load_model` gives, but for what is read from the files of weights."""
    import torch
    from transformers import AutoModelForCausalLM, GenerationConfig

    auto: Any = AutoModelForCausalLM
    if hasattr(config, "quantization_config"):
        del config.quantization_config  # loading, too, leaves none of a dequantised model
    try:
        with torch.device("meta"):
            model: Any = auto.from_config(
                config,
                dtype=dtype,
                attn_implementation=settings.attn_implementation,
                trust_remote_code=settings.trust_remote_code,
            )
        if (local.path / "generation_config.json").is_file():
            model.generation_config = GenerationConfig.from_pretrained(
                local.path, local_files_only=True
            )
    except Exception as error:
        raise ModelError(f"{local.name}: cannot be made: {_first_line(error)}") from error
    return model


def _first_line(error: BaseException) -> str:
    lines = str(error).strip().splitlines()
    return f"{type(error).__name__}: {lines[0]}" if lines else type(error).__name__
