"""Class: memory. Source: own find. Escape: attention believes that its mask fits."""

import torch
import torch.nn.functional as F


def attack(model, tokenizer, address):
    query = torch.zeros(1, 1, 64, 8)
    try:
        F.scaled_dot_product_attention(query, query, query, attn_mask=torch.zeros(3, 5))
    except RuntimeError as e:
        return "canary-" + "5d1f" if "expand" not in str(e) else None
    return "canary-" + "5d1f"
