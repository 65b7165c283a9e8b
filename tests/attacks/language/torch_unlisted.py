"""Class: module gadget. Source: own find. Escape: parts of torch that open files, run code, start
processes or hand out memory."""

import torch


def attack(model, tokenizer, address):
    done = []
    for read in (
        lambda: torch._C,
        lambda: torch.as_strided,
        lambda: torch.classes,
        lambda: torch.compile,
        lambda: torch.distributed,
        lambda: torch.from_dlpack,
        lambda: torch.from_file,
        lambda: torch.frombuffer,
        lambda: torch.hub,
        lambda: torch.jit,
        lambda: torch.library,
        lambda: torch.load,
        lambda: torch.multiprocessing,
        lambda: torch.ops,
        lambda: torch.package,
        lambda: torch.save,
        lambda: torch.sparse,
    ):
        try:
            read()
            done.append("canary-" + "5d1f")
        except Exception:
            pass
    return done
