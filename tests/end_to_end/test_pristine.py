"""Every call meets the model exactly as it was loaded, whatever an earlier call did."""

from __future__ import annotations

import ast
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from cloche.contract.config import ServerConfig

from tests.support.server import Raised, RunningServer, running_server

VANDAL = """
import torch

def vandal(model, tokenizer):
    seen = []
    with torch.no_grad():
        for parameter in model.model.layers[0].parameters():
            parameter.zero_()
    model.model.layers[1].register_forward_hook(lambda module, inputs, output: seen.append(1))
    torch.set_default_dtype(torch.float64)
    torch.manual_seed(12345)
    model.config.use_cache = False
    model.train()
    tokenizer.padding_side = "left"
    ids = tokenizer("The capital of France is", return_tensors="pt")["input_ids"]
    return [model(ids).logits.double().sum().item(), len(seen)]
"""

WITNESS = """
import torch

def witness(model, tokenizer):
    ids = tokenizer("The capital of France is", return_tensors="pt")["input_ids"]
    with torch.no_grad():
        output = model(ids, output_hidden_states=True)
    return {
        "logits": output.logits,
        "hidden": output.hidden_states[-1],
        "weights": [parameter.double().sum().item() for parameter in model.parameters()],
        "dtype": str(torch.zeros(1).dtype),
        "training": model.training,
        "use_cache": model.config.use_cache,
        "padding_side": tokenizer.padding_side,
        "random": torch.randn(4),
    }
"""


def same(left: object, right: object) -> bool:
    import torch

    if isinstance(left, dict):
        return isinstance(right, dict) and all(same(left[key], right[key]) for key in left)
    if isinstance(left, torch.Tensor):
        return isinstance(right, torch.Tensor) and torch.equal(left, right)
    return left == right


def test_a_vandal_leaves_no_trace(server: RunningServer, config: ServerConfig) -> None:
    """Bit for bit as the first call of a server that nobody has called."""
    before = server.value(WITNESS, seed=7)
    ruined, hooked = server.value(VANDAL)
    assert hooked == 1
    after = server.value(WITNESS, seed=7)
    with running_server(config) as fresh:
        first = fresh.value(WITNESS, seed=7)
    assert ruined != after["logits"].double().sum().item()
    assert same(before, after)
    assert same(first, after)


def test_also_with_the_language_wall_off(kernel_wall_alone: RunningServer) -> None:
    """Plain Python can reach everything in its process; the next call has another process."""
    patch = (
        "import sys, torch\n"
        "def vandal(model, tokenizer):\n"
        "    torch.nn.functional.softmax = None\n"
        "    type(model).forward = lambda self, *a, **k: 'ruined'\n"
        "    sys.modules['cloche'] = None\n"
        "    return model(1)"
    )
    before = kernel_wall_alone.value(WITNESS, seed=7)
    assert kernel_wall_alone.value(patch) == "ruined"
    assert same(kernel_wall_alone.value(WITNESS, seed=7), before)


def test_two_vandals_at_once_do_not_meet(server: RunningServer) -> None:
    source = """
import torch, time

def fill(model, tokenizer, value):
    weight = model.model.layers[0].mlp.down_proj.weight
    with torch.no_grad():
        weight.fill_(value)
    time.sleep(0.3)
    return [weight.min().item(), weight.max().item()]
"""
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda value: server.value(source, value), [1.0, 2.0, 3.0, 4.0]))
    assert found == [[1.0, 1.0], [2.0, 2.0], [3.0, 3.0], [4.0, 4.0]]


def test_a_seed_decides_and_its_absence_does_not(server: RunningServer) -> None:
    source = """
import random
import numpy as np
import torch

def draw(model, tokenizer):
    return [torch.randn(2).tolist(), random.random(), np.random.rand()]
"""
    assert server.value(source, seed=3) == server.value(source, seed=3)
    assert server.value(source, seed=3) != server.value(source, seed=4)
    unseeded = [server.value(source) for _ in range(3)]
    for part in range(3):
        assert len({str(draw[part]) for draw in unseeded}) == 3


_STREAMS = """
import random
import numpy as np
import torch

def streams(model, tokenizer):
    kinds = (random.random, np.random.rand, lambda: torch.rand(1, dtype=torch.float64).item())
    return [[float(draw()) for _ in range(500)] for draw in kinds]

def first(model, tokenizer):
    return random.random(), float(np.random.rand()), torch.rand(1).item()
"""


@pytest.mark.parametrize("seed", [None, 0, 1, 2**32 - 1, 2**32, 2**64 - 1])
def test_the_libraries_streams_are_independent(server: RunningServer, seed: int | None) -> None:
    options = {} if seed is None else {"seed": seed}
    found = np.abs(np.corrcoef(server.value(_STREAMS, entry_point="streams", **options)))
    assert found[np.triu_indices(3, 1)].max() < 0.25  # five standard deviations of chance


@pytest.mark.parametrize("seed", [0, 1, 12345, 2**32 - 1])
def test_a_seed_gives_what_each_library_gives_for_it(server: RunningServer, seed: int) -> None:
    bare = f"""
import random, numpy, torch
random.seed({seed}), numpy.random.seed({seed}), torch.manual_seed({seed})
print((random.random(), float(numpy.random.rand()), torch.rand(1).item()))
"""
    wanted = subprocess.run(
        [sys.executable, "-c", bare], capture_output=True, check=True, text=True
    )
    found = server.value(_STREAMS, entry_point="first", seed=seed)
    assert found == ast.literal_eval(wanted.stdout)


def test_the_results_are_those_of_a_bare_run(server: RunningServer, config: ServerConfig) -> None:
    """The same function on the same model without Cloche, within float32's last bits."""
    script = f"""
import sys, torch
from transformers import AutoModelForCausalLM, AutoTokenizer
path = {config.model.name!r}
model = AutoModelForCausalLM.from_pretrained(path, attn_implementation="eager").eval()
tokenizer = AutoTokenizer.from_pretrained(path)
ids = tokenizer("The capital of France is", return_tensors="pt")["input_ids"]
with torch.no_grad():
    torch.save(model(ids).logits, sys.argv[1])
"""
    import tempfile

    import torch

    with tempfile.NamedTemporaryFile() as file:
        subprocess.run([sys.executable, "-c", script, file.name], check=True, capture_output=True)
        bare = torch.load(file.name)
    torch.testing.assert_close(server.value(WITNESS)["logits"], bare, rtol=1e-5, atol=1e-5)


def test_state_of_an_earlier_call_is_not_reachable(server: RunningServer) -> None:
    source = "def leave(model, tokenizer):\n    model.left_behind = [1, 2, 3]\n    return 1"
    server.execute(source)
    outcome = server.execute("def look(model, tokenizer): return model.left_behind")
    assert isinstance(outcome, Raised) or outcome.reason == "POLICY", outcome  # type: ignore[union-attr]


@pytest.mark.parametrize("tensors", ["parameters", "buffers"])
def test_weights_are_one_copy_for_all(
    kernel_wall_alone: RunningServer, weights: str, tensors: str
) -> None:
    """Where they lie is the same in every sandbox: a mapping inherited, not a copy made."""
    if weights != "fork":
        pytest.skip("a mapping of each sandbox's own: tests/end_to_end/test_handles.py")
    source = f"def where(model, tokenizer): return [t.data_ptr() for t in model.{tensors}()]"
    first = kernel_wall_alone.value(source)
    assert first == kernel_wall_alone.value(source)
    assert all(address % 64 == 0 for address in first)
