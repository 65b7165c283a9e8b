"""Walks the model and its configuration."""

import torch


def technique(model, tokenizer):
    cfg = model.config
    facts = {
        "params": sum(p.numel() for p in model.parameters() if p.requires_grad),
        "types": sorted({type(m).__name__ for m in model.modules()}),
        "layers": cfg.num_hidden_layers,
        "hidden": cfg.hidden_size,
        "vocab": cfg.vocab_size,
        "model_type": cfg.model_type,
        "dtype": str(model.dtype),
        "linear": [n for n, m in model.named_modules() if isinstance(m, torch.nn.Linear)],
        "first": next(iter(model.state_dict())),
        "class": model.__class__.__name__,
        "has": hasattr(model, "transformer"),
        "none": getattr(model, "no_such_thing", None),
        "len": len(tokenizer),
        "pad": tokenizer.pad_token,
        "vocab0": sorted(tokenizer.get_vocab())[:2],
        "specials": tokenizer.all_special_ids,
    }
    model.requires_grad_(False)
    facts["frozen"] = not any(p.requires_grad for p in model.parameters())
    model.requires_grad_(True)
    return facts
