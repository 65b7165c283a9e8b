"""Annotations of every kind, under the future import."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field, replace
from typing import Any, ClassVar, Generic, Protocol, TypeVar

import torch

T = TypeVar("T")


class Scorer(Protocol):
    def score(self, x: torch.Tensor) -> float: ...


@dataclass(order=True)
class Result(Generic[T]):
    total: ClassVar[int] = 0
    score: float
    payload: T = field(compare=False, default=None)
    tags: tuple[str, ...] = ()

    @property
    def rounded(self) -> int:
        return round(self.score)


class Base(ABC):
    @abstractmethod
    def score(self, x: torch.Tensor) -> float: ...

    def __call__(self, xs: Iterable[torch.Tensor]) -> list[Result[int]]:
        return [Result(self.score(x), i) for i, x in enumerate(xs)]


class Norm(Base):
    power: int = 2

    def score(self, x: torch.Tensor) -> float:
        value: float = x.norm(p=self.power).item()
        self.last: float = value
        return value


def technique(model: Any, tokenizer: Any, fn: Callable[[int], int] | None = None) -> dict[str, Any]:
    results = Norm()([torch.ones(4), torch.zeros(2)])
    best: Result[int] = max(results)
    return {
        "best": asdict(best),
        "sorted": [r.payload for r in sorted(results)],
        "r": replace(best, tags=("a",)).tags,
        "n": best.rounded,
        "c": Result.total,
    }
