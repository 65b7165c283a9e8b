"""Runs what techniques run, once, in the zygote: a sandbox has no files to import from later.

Libraries import on first use (generate, chat templates, optimizers, time zones). Single-threaded:
a pool of threads that ran before a fork leaves locks that no child can take.
"""

from __future__ import annotations

import datetime
import importlib
import json
import linecache
import random
import sys
import traceback
from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from cloche_server import forked

_TEXT = "The capital of France is"


def rehearse(model: Any, tokenizer: Any, *, weights: bool = True) -> tuple[str, ...]:
    """Returns the steps that failed, each with its reason; a model may lack what one needs.

    The model's gradients, mode and hooks, and every random state, are afterwards as they were.

    Args:
        weights: False leaves out the steps that compute with them.
    """
    states = random.getstate(), np.random.get_state(), torch.get_rng_state()
    failures = []
    computing = (_forward, _backward, _generate) if weights else ()
    for step in (_tokenize, _chat, *computing, _optimize, _compute, _fail):
        try:
            _try(step, model, tokenizer)
        except Exception as error:  # noqa: BLE001  # any library's any error; it is reported
            failures.append(f"{step.__name__.strip('_')}: {type(error).__name__}: {error}")
    model.zero_grad(set_to_none=True)
    random.setstate(states[0])
    np.random.set_state(states[1])
    torch.set_rng_state(states[2])
    linecache.clearcache()
    return tuple(failures)


def rehearse_apart(
    model: Any, tokenizer: Any, fork: Callable[[], int], prepare: Callable[[], None]
) -> tuple[str, ...]:
    """`rehearse`, where this process has no weights: in a fork that does, and whose imports are
    then made here.

    Args:
        prepare: what gives a fork the weights.
    """
    rehearse(model, tokenizer, weights=False)

    def apart() -> bytes:
        before = set(sys.modules)
        prepare()
        failures = rehearse(model, tokenizer)
        modules = [name for name in sys.modules if name not in before]
        return json.dumps({"failures": failures, "modules": modules}).encode()

    text = forked.answer(apart, fork)
    if not text:
        return ("all: the process that rehearses has ended early",)
    heard = json.loads(text)
    for name in heard["modules"]:
        try:
            importlib.import_module(name)
        except ImportError:
            continue  # made by another module, which has been imported
    linecache.clearcache()
    return tuple(heard["failures"])


def _try(step: Callable[[Any, Any], None], model: Any, tokenizer: Any) -> None:
    step(model, tokenizer)


def _tokenize(_: Any, tokenizer: Any) -> None:
    batch = tokenizer([_TEXT, "Rome"], padding=tokenizer.pad_token is not None)
    tokenizer.decode(batch["input_ids"][0])
    tokenizer.convert_ids_to_tokens(batch["input_ids"][0])
    tokenizer(_TEXT, return_tensors="pt")


def _chat(_: Any, tokenizer: Any) -> None:
    if tokenizer.chat_template:
        tokenizer.apply_chat_template(
            [{"role": "user", "content": _TEXT}], tokenize=False, add_generation_prompt=True
        )


def _inputs(tokenizer: Any) -> Any:
    return tokenizer(_TEXT, return_tensors="pt")


def _forward(model: Any, tokenizer: Any) -> None:
    with torch.no_grad():
        model(**_inputs(tokenizer), output_hidden_states=True)
        model(**_inputs(tokenizer), output_attentions=True)


def _backward(model: Any, tokenizer: Any) -> None:
    inputs = _inputs(tokenizer)
    trained = [each for each in model.parameters() if each.requires_grad]
    if trained:
        # Of one small parameter: those of all would take as much memory as the model.
        smallest = min(trained, key=torch.Tensor.numel)
        loss = model(**inputs, labels=inputs["input_ids"]).loss
        torch.autograd.grad(loss, smallest, allow_unused=True)


def _generate(model: Any, tokenizer: Any) -> None:
    inputs = _inputs(tokenizer)
    model.generate(**inputs, max_new_tokens=2, do_sample=False)
    model.generate(
        **inputs, max_new_tokens=2, do_sample=True, temperature=0.7, top_k=5, top_p=0.9,
        return_dict_in_generate=True, output_scores=True,
    )  # fmt: skip
    model.generate(**inputs, max_new_tokens=2, num_beams=2, repetition_penalty=1.1)


def _optimize(_: Any, __: Any) -> None:
    layer = torch.nn.Linear(4, 2)
    for kind in (torch.optim.SGD, torch.optim.Adam, torch.optim.AdamW):
        optimizer = kind(layer.parameters(), lr=1e-3)
        torch.nn.functional.cross_entropy(
            layer(torch.randn(3, 4)), torch.tensor([0, 1, 0])
        ).backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        optimizer.zero_grad()
    torch.optim.lr_scheduler.StepLR(torch.optim.SGD(layer.parameters(), lr=0.1), 1)
    torch.optim.LBFGS(layer.parameters())


def _compute(_: Any, __: Any) -> None:
    square = torch.randn(8, 8)
    torch.linalg.svd(square)
    torch.linalg.eigh(square + square.T)
    torch.pca_lowrank(square)
    torch.fft.fft(square)
    torch.einsum("ij,jk->ik", square, square)
    torch.distributions.Categorical(logits=square[0]).sample()  # type: ignore[no-untyped-call]
    torch.func.vmap(torch.sum)(square)
    torch.func.jacrev(lambda x: (x**2).sum())(square[0])
    torch.manual_seed(0)
    repr(square)
    np.random.default_rng(0).normal(size=3)
    np.linalg.svd(np.eye(3))
    datetime.datetime.strptime("2020", "%Y").astimezone()
    "é".encode("idna")
    import einops

    einops.rearrange(square, "a b -> b a")


def _fail(model: Any, _: Any) -> None:
    try:
        model("not a tensor")
    except Exception:  # noqa: BLE001  # the point is the traceback's own imports
        traceback.format_exc()
    print(end="", file=sys.stderr)


def rehearse_admitted(libraries: tuple[str, ...]) -> tuple[str, ...]:
    """The same for libraries that the operator admits."""
    steps = {"scipy": _statistics, "sklearn": _estimators}
    failures = []
    for library in libraries:
        try:
            steps[library]()
        except Exception as error:  # noqa: BLE001  # any library's any error; it is reported
            failures.append(f"{library}: {type(error).__name__}: {error}")
    return tuple(failures)


def _statistics() -> None:
    from scipy import interpolate, linalg, optimize, signal, special, stats

    x = np.linspace(0.1, 1, 8)
    stats.pearsonr(x, x**2)
    stats.spearmanr(x, x**2)
    stats.ttest_ind(x, x + 1)
    stats.mannwhitneyu(x, x + 1)
    stats.bootstrap((x,), np.mean, n_resamples=9)
    stats.norm(1, 2).rvs(2)
    stats.gaussian_kde(x)
    linalg.expm(np.eye(2))
    special.logsumexp(x)
    for method in ("BFGS", "L-BFGS-B", "Nelder-Mead", "SLSQP"):
        optimize.minimize(lambda v: float(((v - 1) ** 2).sum()), np.zeros(2), method=method)
    optimize.curve_fit(lambda t, a: a * t, x, x)
    optimize.linear_sum_assignment(np.eye(2))
    optimize.linprog([1.0], bounds=[(0, 1)])
    interpolate.interp1d(x, x)(0.5)
    signal.find_peaks(x)


def _estimators() -> None:
    import joblib
    from sklearn import (
        cluster,
        decomposition,
        linear_model,
        manifold,
        metrics,
        model_selection,
        neighbors,
        preprocessing,
        svm,
    )
    from threadpoolctl import threadpool_limits

    x = np.random.default_rng(0).normal(size=(24, 3))
    y = (x[:, 0] > 0).astype(int)
    # Asks the machine once, by a program that no sandbox can start.
    joblib.cpu_count(only_physical_cores=True)
    # A pool of OpenMP's threads that ran before a fork is no pool in the child.
    with threadpool_limits(limits=1):
        for each in (
            linear_model.LogisticRegression(),
            linear_model.Ridge(),
            decomposition.PCA(2),
            cluster.KMeans(2, n_init=1),
            neighbors.KNeighborsClassifier(3),
            svm.SVC(),
            preprocessing.StandardScaler(),
        ):
            repr(each.fit(x, y))
        manifold.TSNE(perplexity=3, max_iter=250, init="random").fit_transform(x)
        model_selection.cross_val_score(linear_model.LogisticRegression(), x, y, cv=2)
        model_selection.train_test_split(x, y, stratify=y)
        metrics.roc_auc_score(y, x[:, 0])
        metrics.classification_report(y, y)
        metrics.silhouette_score(x, y)
