"""Weights that stay orthogonal, or of a given norm: steps for `register_parametrization`."""

import torch
import torch.nn.functional as F
from torch import nn
from torch.nn.utils.parametrize import register_parametrization

_MAPS = ("matrix_exp", "cayley", "householder")


def _eye_like(like, n):
    return torch.eye(n, dtype=like.dtype, device=like.device)


def _is_orthogonal(q):
    n, k = q.size(-2), q.size(-1)
    eps = 10.0 * n * torch.finfo(q.dtype).eps
    return torch.allclose(q.mH @ q, _eye_like(q, k), atol=eps)


def _make_orthogonal(x):
    q, r = torch.linalg.qr(x)
    return q * r.diagonal(dim1=-2, dim2=-1).sgn().unsqueeze(-2)


class _Orthogonal(nn.Module):
    def __init__(self, weight, orthogonal_map, use_trivialization):
        super().__init__()
        if weight.is_complex() and orthogonal_map == "householder":
            raise ValueError("The householder parametrization does not support complex tensors.")
        self.shape = tuple(weight.shape)
        self.orthogonal_map = orthogonal_map
        self.trivialized = use_trivialization
        if use_trivialization:
            self.register_buffer("base", None)

    def forward(self, x):
        transposed = x.size(-2) < x.size(-1)
        if transposed:
            x = x.mT
        n, k = x.size(-2), x.size(-1)
        if self.orthogonal_map == "householder":
            a = x.tril(diagonal=-1)
            tau = 2.0 / (1.0 + (a * a).sum(dim=-2))
            q = torch.linalg.householder_product(a, tau)
            q = q * x.diagonal(dim1=-2, dim2=-1).int().unsqueeze(-2)
        else:
            x = x.tril()
            if n != k:
                x = torch.cat([x, x.new_zeros(*x.shape[:-2], n, n - k)], dim=-1)
            a = x - x.mH
            if self.orthogonal_map == "matrix_exp":
                q = torch.matrix_exp(a)
            else:
                one = _eye_like(a, n)
                q = torch.linalg.solve(one - a / 2, one + a / 2)
            q = q[..., :k]
        if self.trivialized:
            q = self.base @ q
        return q.mT if transposed else q

    def right_inverse(self, given):
        if tuple(given.shape) != self.shape:
            raise ValueError(
                f"Expected a matrix or batch of matrices of shape {self.shape}. "
                f"Got a tensor of shape {given.shape}."
            )
        if not self.trivialized:
            if self.orthogonal_map != "householder":
                raise NotImplementedError(
                    "It is not possible to assign to the matrix exponential or the Cayley "
                    "parametrizations when use_trivialization=False."
                )
            raise ValueError("householder needs use_trivialization=True here")
        q = given.mT if given.size(-2) < given.size(-1) else given
        n, k = q.size(-2), q.size(-1)
        if n != k:
            rest = torch.randn(*q.shape[:-2], n, n - k, dtype=q.dtype, device=q.device)
            q = _make_orthogonal(torch.cat([q, rest], dim=-1))
        elif _is_orthogonal(q):
            q = q.clone()
        else:
            q = _make_orthogonal(q)
        self.base = q
        start = torch.zeros_like(given)
        start.diagonal(dim1=-2, dim2=-1).fill_(-1.0)
        return start


def orthogonal(module, name="weight", orthogonal_map=None, *, use_trivialization=True):
    weight = getattr(module, name, None)
    if not isinstance(weight, torch.Tensor):
        raise ValueError(f"Module '{module}' has no parameter or buffer with name '{name}'")
    if weight.ndim < 2:
        raise ValueError(
            f"Expected a matrix or batch of matrices. Got a tensor of {weight.ndim} dimensions."
        )
    if orthogonal_map is None:
        square = weight.size(-2) == weight.size(-1) or weight.is_complex()
        orthogonal_map = "matrix_exp" if square else "householder"
    if orthogonal_map not in _MAPS:
        raise ValueError(
            'orthogonal_map has to be one of "matrix_exp", "cayley", "householder". '
            f"Got: {orthogonal_map}"
        )
    step = _Orthogonal(weight, orthogonal_map, use_trivialization)
    return register_parametrization(module, name, step, unsafe=True)


class _WeightNorm(nn.Module):
    def __init__(self, dim):
        super().__init__()
        self.dim = dim

    def norm(self, weight):
        if self.dim is None or self.dim == -1:
            return weight.norm()
        others = [each for each in range(weight.ndim) if each != self.dim]
        return weight.norm(dim=others, keepdim=True) if others else weight.abs()

    def forward(self, weight_g, weight_v):
        return weight_v * (weight_g / self.norm(weight_v))

    def right_inverse(self, weight):
        return self.norm(weight), weight


def weight_norm(module, name="weight", dim=0):
    return register_parametrization(module, name, _WeightNorm(dim), unsafe=True)


class _SpectralNorm(nn.Module):
    def __init__(self, weight, n_power_iterations, dim, eps):
        super().__init__()
        ndim = weight.ndim
        if not -ndim <= dim < ndim:
            raise IndexError(
                "Dimension out of range (expected to be in range of "
                f"[-{ndim}, {ndim - 1}] but got {dim})"
            )
        if n_power_iterations <= 0:
            raise ValueError(
                "Expected n_power_iterations to be positive, but "
                f"got n_power_iterations={n_power_iterations}"
            )
        self.dim = dim % ndim
        self.eps = eps
        self.n_power_iterations = n_power_iterations
        if ndim > 1:
            matrix = self.as_matrix(weight.detach())
            u = matrix.new_empty(matrix.size(0)).normal_(0, 1)
            v = matrix.new_empty(matrix.size(1)).normal_(0, 1)
            self.register_buffer("_u", self.unit(u))
            self.register_buffer("_v", self.unit(v))
            self.iterate(matrix, 15)

    def unit(self, vector):
        return F.normalize(vector, dim=0, eps=self.eps)

    def as_matrix(self, weight):
        return weight.movedim(self.dim, 0).flatten(1)

    def iterate(self, matrix, count):
        with torch.no_grad():
            for _ in range(count):
                self._u.copy_(self.unit(torch.mv(matrix, self._v)))
                self._v.copy_(self.unit(torch.mv(matrix.mH, self._u)))

    def forward(self, weight):
        if weight.ndim == 1:
            return self.unit(weight)
        matrix = self.as_matrix(weight)
        if self.training:
            self.iterate(matrix, self.n_power_iterations)
        u, v = self._u.clone(), self._v.clone()
        return weight / torch.vdot(u, torch.mv(matrix, v))

    def right_inverse(self, value):
        return value


def spectral_norm(module, name="weight", n_power_iterations=1, eps=1e-12, dim=None):
    weight = getattr(module, name, None)
    if not isinstance(weight, torch.Tensor):
        raise ValueError(f"Module '{module}' has no parameter or buffer with name '{name}'")
    if dim is None:
        transposed = (nn.ConvTranspose1d,)
        dim = 1 if isinstance(module, transposed) else 0
    step = _SpectralNorm(weight, n_power_iterations, dim, eps)
    return register_parametrization(module, name, step)
