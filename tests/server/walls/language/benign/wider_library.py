"""Names of the libraries that researchers use now and then."""

import copy
import decimal
import statistics
import time
from collections import ChainMap
from collections.abc import Callable, Mapping, MutableMapping
from contextlib import AbstractContextManager
from fractions import Fraction
from typing import Literal, ParamSpec, TypeVar, get_args

import einops
import numpy as np
import torch
import torch.nn.functional as F
from torch import nn
from torch.distributions import (
    Categorical,
    HalfNormal,
    Independent,
    MixtureSameFamily,
    MultivariateNormal,
    Normal,
)
from torch.optim.lr_scheduler import LinearLR, PolynomialLR, SequentialLR
from transformers import MinPLogitsWarper, TypicalLogitsWarper, get_linear_schedule_with_warmup

P = ParamSpec("P")
R = TypeVar("R")
Mode = Literal["mean", "last"]


def noted(function: Callable[P, R]) -> Callable[P, R]:
    def call(*args: P.args, **kwargs: P.kwargs) -> R:
        return function(*args, **kwargs)

    return call


class Scope(AbstractContextManager):
    def __init__(self):
        self.left = False

    def __exit__(self, *error):
        self.left = True


class Table(MutableMapping):
    def __init__(self, rows):
        self.rows = dict(rows)

    def __getitem__(self, key):
        return self.rows[key]

    def __setitem__(self, key, value):
        self.rows[key] = value

    def __delitem__(self, key):
        del self.rows[key]

    def __iter__(self):
        return iter(self.rows)

    def __len__(self):
        return len(self.rows)

    def get(self, key, default=None):
        return Mapping.get(self, key, default)


@noted
def tensors():
    x = torch.linspace(-2, 2, 12).reshape(3, 4)
    parts = torch.linalg.lu_factor(x[:, :3] + torch.eye(3))
    made = nn.Embedding.from_pretrained(x, freeze=True)
    layer = nn.Linear(4, 4)
    layer.reset_parameters()
    layers = nn.ModuleList([layer, nn.GLU(), nn.Hardswish()])
    layers.pop(0)
    return (
        torch.gradient(x, dim=1)[0],
        x.fmax(torch.zeros(())).sinc_().kron(torch.ones(1, 2)),
        torch.slice_scatter(x, torch.zeros(1, 4), 0, 1, 2),
        torch.unravel_index(torch.tensor([5, 7]), (3, 4)),
        torch.special.chebyshev_polynomial_t(x, 3),
        F.hardshrink(x) + F.softshrink(x) + F.tanhshrink(x),
        torch.linalg.solve_ex(parts[0], x[:, :1])[0],
        made(torch.tensor([2, 0])),
        len(layers),
        x.to(torch.float8_e5m2).dtype.itemsize,
        torch.func.stack_module_state([nn.Identity(), nn.Identity()]),
    )


def laws():
    mixture = MixtureSameFamily(
        Categorical(logits=torch.zeros(2)), Normal(torch.tensor([0.0, 1.0]), torch.ones(2))
    )
    joint = Independent(HalfNormal(torch.ones(3)), 1)
    normal = MultivariateNormal(torch.zeros(2), torch.eye(2)).expand((3,))
    return (
        mixture.log_prob(torch.tensor(0.5)),
        joint.log_prob(torch.ones(3)),
        normal.covariance_matrix,
    )


def schedules():
    parameter = nn.Parameter(torch.zeros(2))
    optimizer = torch.optim.Adafactor([parameter], lr=0.1)
    chain = SequentialLR(
        optimizer,
        [LinearLR(optimizer), PolynomialLR(optimizer, total_iters=4)],
        milestones=[2],
    )
    warm = get_linear_schedule_with_warmup(torch.optim.SGD([parameter], lr=1.0), 2, 10)
    rates = []
    for _ in range(3):
        optimizer.zero_grad()
        (parameter - 1).square().sum().backward()
        optimizer.step()
        chain.step()
        rates.append(chain.get_last_lr()[0])
    return rates, warm.get_last_lr(), parameter.detach()


def arrays():
    x = np.arange(12.0).reshape(3, 4)
    rng = np.random.RandomState(0)
    rng2 = np.random.default_rng(0)
    rows = list(np.ndindex(2, 2))
    _, s, _ = np.linalg.svd(x)
    values = np.linalg.eigh(x[:3, :3] + x[:3, :3].T).eigenvalues
    return (
        rng.randn(2), rng.permutation(4), rng2.laplace(size=2), rng2.permuted(x, axis=1),
        np.float64(2.5).clip(0, 1), np.nanquantile(x, 0.3), np.select([x > 3], [x], -1.0),
        x[np.ix_([0, 2], [1, 3])], np.mgrid[0:2, 0:2], np.lexsort((x[0], x[1])),
        np.array2string(x[0], precision=1), [float(each) for each in x.flat][:2], rows,
        np.block([[np.eye(1), np.zeros((1, 1))]]), np.piecewise(x, [x > 3], [lambda y: y * 2, 0]),
        np.issubdtype(x.dtype, np.floating), np.int64(5).bit_count(), s[0] > 0, values,
        np.linalg.vector_norm(x), np.polyfit([0, 1], [1, 3], 1).round(6), np.dtype("f4").itemsize,
    )  # fmt: skip


def library():
    line = statistics.linear_regression([1, 2, 3], [2, 4, 6])
    law = statistics.NormalDist(0, 1)
    chain = ChainMap({"a": 1}, {"b": 2})
    nested = chain.new_child({"c": 3})
    table = Table({"x": 1})
    table.update({"y": 2})
    with Scope() as scope:
        pass
    when = time.gmtime(0)
    return (
        line.slope, line.intercept, law.cdf(0.0), round(law.inv_cdf(0.9), 6),
        nested["b"], len(nested.maps), dict(copy.copy(nested)), isinstance(chain, ChainMap),
        table.get("y"), table.get("z", 5), sorted(table.items()), scope.left,
        when.tm_year, time.strftime("%Y-%m-%d", when), get_args(Mode),
        decimal.Decimal("1.5").fma(2, 1), Fraction(3, 2).as_integer_ratio(),
        b"a-b".split(b"-"), einops.asnumpy(torch.ones(2)).tolist(),
    )  # fmt: skip


def technique(model, tokenizer):
    torch.manual_seed(0)
    np.random.seed(0)
    words = tokenizer("the cat sat", return_tensors="pt")
    scores = torch.randn(1, 13)
    warped = [
        MinPLogitsWarper(min_p=0.1)(words.input_ids, scores.clone()),
        TypicalLogitsWarper(mass=0.9)(words.input_ids, scores.clone()),
    ]
    facts = (
        model.get_memory_footprint() > 0,
        model.config.to_json_string()[0],
        tokenizer.get_added_vocab(),
        tokenizer.convert_tokens_to_string(["the", "cat"]),
        tokenizer.get_special_tokens_mask([0, 3], already_has_special_tokens=True),
        words.token_to_word(0, 1),
    )
    resized = model.resize_token_embeddings(16).weight.shape[0]
    return tensors()[:8], laws(), schedules(), arrays(), library(), warped, facts, resized
