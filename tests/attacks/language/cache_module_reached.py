"""Class: imports. Source: own find. Escape: a module of the library, and what it imports, from the module of caches."""


def attack(model, tokenizer, address):
    from transformers import cache_utils

    for name in (
        "torch",
        "logging",
        "PreTrainedConfig",
        "__builtins__",
        "is_torchdynamo_compiling",
    ):
        try:
            found = getattr(cache_utils, name)
        except Exception:
            continue
        for inner in ("__builtins__", "__dict__", "get_logger", "from_pretrained", "load"):
            try:
                if getattr(found, inner) or inner in found:
                    return "canary-" + "5d1f"
            except Exception:
                pass
    return None
