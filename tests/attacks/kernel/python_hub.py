"""Class: network. Source: own find. Escape: a file is fetched from a hub of the attack's choice."""

import os

os.environ["HF_ENDPOINT"] = "http://127.0.0.1:1"


def attack(model, tokenizer, scene):
    from huggingface_hub import HfApi

    HfApi(endpoint=f"http://127.0.0.1:{scene['tcp']}").model_info("a/b", timeout=0.3)
