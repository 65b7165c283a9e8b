"""Whether technique code may touch a name is answered by a row, or by a rule that is named."""

from __future__ import annotations

import importlib
from pathlib import Path

import pytest
from cloche_server.walls import language
from cloche_server.walls.language import LanguageWall, audit
from cloche_server.walls.language.explain import Answer, Explainer
from cloche_server.walls.language.tables.modules import IMPORTABLE

POLICY = Path(language.__file__).parent


@pytest.fixture(scope="module")
def explainer(wall: LanguageWall) -> Explainer:
    return Explainer(wall.catalogue)


@pytest.mark.parametrize(
    ("name", "verdict", "says"),
    [
        ("torch.Tensor.data_ptr", "refused", "raw memory"),
        ("tensor.data_ptr", "refused", "raw memory"),
        ("torch.Tensor.pin_memory", "refused", "asks a device's driver"),
        ("torch.cuda.empty_cache", "allowed", "does nothing"),
        ("torch.cuda.is_available", "allowed", "a yes or no"),
        ("torch.cuda.mem_get_info", "refused", "other processes"),
        ("open", "refused", "files"),
        ("torch.load", "refused", "files"),
        ("x.__class__", "allowed", "type(x)"),
        ("x.__dict__", "refused", "special name"),
        ("model.config.use_cache", "allowed, judged by its value", "public data"),
        ("model.generate", "allowed", "without code or paths"),
        ("model.config.hidden_size", "allowed, judged by its value", "public data"),
        ("model._modules", "refused", "private name"),
        ("F.scaled_dot_product_attention", "allowed", "arithmetic"),
        ("itertools.starmap", "allowed", "iterators"),
        ("np.load", "refused", "files"),
        ("nn.Linear.weight_of_nobody", "allowed, judged by its value", "public data"),
        ("tokenizer.decode", "allowed", "text to ids"),
        ("print", "allowed", "each call"),
        ("subprocess", "refused", "not an allowed module"),
        ("subprocess.run", "refused", "not an allowed module"),
        ("package_of_nobody", "refused", "not an allowed module"),
        ("math", "allowed", "imported"),
        ("numpy.ndarray.__iadd__", "refused", "special name"),
    ],
)
def test_verdict_and_reason(explainer: Explainer, name: str, verdict: str, says: str) -> None:
    answer = explainer.explain(name)
    assert answer.verdict == verdict
    assert says in answer.why


def _row(answer: Answer) -> str:
    (row, *_) = answer.rows
    lines = (POLICY / row.file).read_text().splitlines()
    return "\n".join(lines[row.line - 1 : row.line + 12])


@pytest.mark.parametrize(
    ("name", "holds"),
    [
        ("torch.Tensor.data_ptr", "data_ptr"),
        ("torch.load", "load"),
        ("open", "open"),
        ("json.dumps", "dumps"),
        ("model.config.hidden_size", "Config"),
        ("list.append", "append"),
    ],
)
def test_a_row_is_where_it_is_said_to_be(explainer: Explainer, name: str, holds: str) -> None:
    assert holds in _row(explainer.explain(name))


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("model.generate", "adapters/libraries.py"),
        ("F.scaled_dot_product_attention", "kernels.py"),
        ("itertools.starmap", "guards/calls.py"),
        ("tensor.numpy", "adapters/libraries.py"),
        ("torch.cat", "tensors.py"),
    ],
)
def test_what_stands_in_is_named(explainer: Explainer, name: str, file: str) -> None:
    stand_in = explainer.explain(name).stand_in
    assert stand_in is not None
    assert stand_in.file == file
    assert (POLICY / stand_in.file).is_file()


def test_what_may_be_set_is_told(explainer: Explainer) -> None:
    assert explainer.explain("model.config.use_cache").settable is not None
    assert "numbers by numbers" in str(explainer.explain("model.config.hidden_size").settable)
    assert explainer.explain("tokenizer.decode").settable is None


@pytest.mark.parametrize("name", ["", "1x", "a b", "math.sqrt.x", "torch.nn..Linear"])
def test_what_is_no_name(explainer: Explainer, name: str) -> None:
    with pytest.raises(LookupError):
        explainer.explain(name)


def test_every_name_of_an_importable_module_is_answered(explainer: Explainer) -> None:
    """By a row, or because a rule of the audit's leaves it out."""
    unanswered = []
    for of in IMPORTABLE:
        if of == "cloche":
            continue
        module = importlib.import_module(of)
        for name in dir(module):
            if audit.falls_under_rule(module, name):
                continue
            answer = explainer.explain_member(of, name)
            if not answer.rows and answer.why != "made anew for each call":
                unanswered.append(f"{of}.{name}: {answer.verdict}, {answer.why}")
    assert not unanswered
