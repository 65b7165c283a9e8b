"""What objects hold, looked at by `vars`, `dir` and `__dict__`; models by their public classes."""

from dataclasses import dataclass
from enum import Enum

from transformers import (
    AutoModelForCausalLM,
    AutoTokenizer,
    GPT2LMHeadModel,
    LlamaForCausalLM,
    PretrainedConfig,
    PreTrainedModel,
)


class Site(Enum):
    RESID = "resid"
    MLP = "mlp"


@dataclass
class Settings:
    layer: int = 1
    scale: float = 0.5


class Record:
    kind = "record"

    def __init__(self, **values):
        for name, value in values.items():
            setattr(self, name, value)

    def __repr__(self):
        inside = ", ".join(f"{key}={value!r}" for key, value in self.__dict__.items())
        return f"Record({inside})"

    def __eq__(self, other):
        return self.__dict__ == other.__dict__


def load(name: str) -> tuple[AutoModelForCausalLM, AutoTokenizer]:
    return AutoModelForCausalLM.from_pretrained(name), AutoTokenizer.from_pretrained(name)


def technique(model: AutoModelForCausalLM, tokenizer: AutoTokenizer):
    config: PretrainedConfig = model.config
    record = Record(a=1, b=[2])
    held = vars(model.lm_head)
    return {
        "fields": vars(Settings(layer=3)),
        "record": (repr(record), record == Record(a=1, b=[2]), sorted(record.__dict__)),
        "class": [key for key in Record.__dict__ if not key.startswith("__")],
        "members": [[*Site.__members__.keys()], Site.__members__.get("MLP").value],
        "copied": {**Settings().__dict__, "more": 1},
        "config": (vars(config)["vocab_size"], config.__dict__["vocab_size"] == config.vocab_size),
        "settings": isinstance(vars(config), dict) and "architectures" in vars(config),
        "layer": (held["in_features"], "out_features" in held, held["training"]),
        "parts": ["lm_head" in dir(model), "transformer" in dir(model), "generate" in dir(model)],
        "kinds": (
            isinstance(model, PreTrainedModel),
            isinstance(model, GPT2LMHeadModel),
            isinstance(model, LlamaForCausalLM),
            AutoModelForCausalLM.__name__,
        ),
    }


if __name__ == "__main__":
    print(technique(*load("gpt2")))
