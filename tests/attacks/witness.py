"""What a call finds: two calls that find the same were not touched by what ran between them."""

from __future__ import annotations

from typing import Final

# Runs behind either wall.
ANY: Final = """
import random
import numpy as np
import torch

def witness(model, tokenizer):
    ids = tokenizer("The capital of France is", return_tensors="pt")["input_ids"]
    with torch.no_grad():
        output = model(ids, output_hidden_states=True)
    return {
        "ids": ids,
        "logits": output.logits,
        "hidden": output.hidden_states[-1],
        "text": tokenizer.decode(ids[0]),
        "weights": [parameter.double().sum().item() for parameter in model.parameters()],
        "modules": [name for name, module in model.named_modules()],
        "softmax": torch.nn.functional.softmax(torch.arange(3.0), dim=0),
        "dtype": str(torch.zeros(1).dtype),
        "training": model.training,
        "use_cache": model.config.use_cache,
        "padding_side": tokenizer.padding_side,
        "random": [torch.randn(4), random.random(), np.random.rand()],
        "builtins": [len([1, 2]), sorted([2, 1]), isinstance(1, int)],
    }
"""

# Plain Python sees what the language wall hides.
PLAIN: Final = (
    """
import atexit, builtins, os, signal, sys, threading
"""
    + ANY.replace("def witness(", "def _witness(")
    + """
def witness(model, tokenizer):
    return _witness(model, tokenizer) | {
        "sys.modules": sorted(sys.modules),
        "built in": [f"{name} {id(value)}" for name, value in sorted(vars(builtins).items())],
        "torch": [f"{name} {id(value)}" for name, value in sorted(vars(torch).items())],
        "functional": [id(value) for value in vars(torch.nn.functional).values()],
        "model class": [f"{name} {id(value)}" for name, value in vars(type(model)).items()],
        "at exit": atexit._ncallbacks(),
        "threads": threading.active_count(),
        "environment": dict(os.environ),
        "path": sys.path,
        "descriptors": [n for n in range(16) if _is_open(n)],
        "blocked": [int(number) for number in signal.pthread_sigmask(signal.SIG_BLOCK, [])],
        "hooks": [sys.excepthook is sys.__excepthook__, sys.gettrace() is None],
        "recursion": sys.getrecursionlimit(),
    }

def _is_open(number):
    try:
        os.read(number, 0)
    except OSError as error:
        return error.errno != 9
    return True
"""
)
