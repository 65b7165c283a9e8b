"""Class: module gadget. Source: own find. Escape: a loader starts processes, or calls a function in
each."""

from torch.utils.data import DataLoader


def attack(model, tokenizer, address):
    for options in (
        {"num_workers": 2},
        {"worker_init_fn": print},
        {"multiprocessing_context": "fork"},
        {"persistent_workers": True},
    ):
        try:
            iter(DataLoader([1, 2], **options))
        except Exception as e:
            if type(e).__name__ == "AccessRefused":
                continue
        return "canary-" + "5d1f"
