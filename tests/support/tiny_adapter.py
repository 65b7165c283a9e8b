"""A tiny LoRA adapter, saved as peft saves a real one."""

from pathlib import Path

import torch
from peft import LoraConfig, get_peft_model
from transformers import AutoModelForCausalLM


def build_tiny_adapter(path: Path, base: Path, *, seed: int = 1, **settings: object) -> Path:
    """Saves an adapter of rank 4 for the model in `base`; the same arguments give the same bytes.

    Its update is not zero, as a fresh adapter's would be, and large enough to change predictions.
    """
    model = AutoModelForCausalLM.from_pretrained(base, attn_implementation="eager")
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        chosen = {"r": 4, "lora_alpha": 8, "target_modules": ["q_proj", "v_proj"], **settings}
        adapted = get_peft_model(model, LoraConfig(task_type="CAUSAL_LM", **chosen))
        with torch.no_grad():
            for name, parameter in adapted.named_parameters():
                if "lora_" in name:
                    parameter.copy_(0.3 * torch.randn_like(parameter))
    # "auto" asks a hub whether the vocabulary has grown.
    adapted.save_pretrained(path, save_embedding_layers=False)
    return path
