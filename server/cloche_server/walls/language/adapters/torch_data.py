"""`torch.utils.data` over tensors and a technique's own datasets, in one process.

torch's own loader hands a technique's lists to C code as indices and rows, keeps hooks for
workers, and reads attributes of whatever it is given. These draw the same random numbers.
"""

from __future__ import annotations

import bisect
import itertools
import math
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from ..diagnostics import AccessRefused
from ..items import item, iterate_items
from ..slots import class_name, mro_of
from .registry import Adapter, adapts

if TYPE_CHECKING:
    from ..guards import Guards


class Dataset:
    #: Python's own iterator over items frees what ends itself while it is asked.
    __iter__ = iterate_items

    def __class_getitem__(cls, parameters: Any) -> Any:
        return cls

    def __getitem__(self, index: Any) -> Any:
        raise NotImplementedError("a Dataset defines __getitem__")

    def __add__(self, other: Any) -> ConcatDataset:
        return ConcatDataset([self, other])


class IterableDataset(Dataset):
    def __iter__(self) -> Iterator[Any]:
        raise NotImplementedError("an IterableDataset defines __iter__")


class TensorDataset(Dataset):
    def __init__(self, *tensors: Any) -> None:
        if not tensors or any(torch.Tensor not in mro_of(type(each)) for each in tensors):
            raise TypeError("TensorDataset(...) takes one tensor or more")
        if any(len(each) != len(tensors[0]) for each in tensors):
            raise AssertionError("Size mismatch between tensors")
        self.tensors = tensors

    def __getitem__(self, index: Any) -> tuple[Any, ...]:
        return tuple([item(each, index) for each in self.tensors])

    def __len__(self) -> int:
        return len(self.tensors[0])


class Subset(Dataset):
    def __init__(self, dataset: Any, indices: Any) -> None:
        self.dataset = dataset
        self.indices = indices

    def __getitem__(self, index: Any) -> Any:
        if type(index) is list:
            return item(self.dataset, [item(self.indices, each) for each in index])
        return item(self.dataset, item(self.indices, index))

    def __len__(self) -> int:
        return len(self.indices)


class ConcatDataset(Dataset):
    def __init__(self, datasets: Iterable[Any]) -> None:
        self.datasets = list(datasets)
        if not self.datasets:
            raise AssertionError("datasets should not be an empty iterable")
        self.cumulative_sizes = list(itertools.accumulate(len(each) for each in self.datasets))

    def __len__(self) -> int:
        return self.cumulative_sizes[-1]

    def __getitem__(self, index: Any) -> Any:
        if index < 0:
            if -index > len(self):
                raise ValueError("absolute value of index should not exceed dataset length")
            index += len(self)
        part = bisect.bisect_right(self.cumulative_sizes, index)
        before = self.cumulative_sizes[part - 1] if part else 0
        return item(self.datasets[part], index - before)


def random_split(dataset: Any, lengths: Any, generator: Any = None) -> list[Subset]:
    wanted = list(lengths)
    total = len(dataset)
    if math.isclose(sum(wanted), 1) and sum(wanted) <= 1:
        if any(each < 0 or each > 1 for each in wanted):
            raise ValueError("each fraction must lie between 0 and 1")
        wanted = [math.floor(total * each) for each in wanted]
        for extra in range(total - sum(wanted)):
            wanted[extra % len(wanted)] += 1
    if sum(wanted) != total:
        raise ValueError("Sum of input lengths does not equal the length of the input dataset!")
    order = torch.randperm(total, generator=generator).tolist()
    ends = itertools.accumulate(wanted)
    return [Subset(dataset, order[end - n : end]) for n, end in zip(wanted, ends, strict=True)]


class Sampler:
    def __class_getitem__(cls, parameters: Any) -> Any:
        return cls

    def __iter__(self) -> Iterator[Any]:
        raise NotImplementedError("a Sampler defines __iter__")


class SequentialSampler(Sampler):
    def __init__(self, data_source: Any) -> None:
        self.data_source = data_source

    def __iter__(self) -> Iterator[int]:
        return iter(range(len(self.data_source)))

    def __len__(self) -> int:
        return len(self.data_source)


class RandomSampler(Sampler):
    def __init__(
        self,
        data_source: Any,
        replacement: bool = False,
        num_samples: int | None = None,
        generator: Any = None,
    ) -> None:
        self.data_source = data_source
        self.replacement = replacement
        self.num_samples = len(data_source) if num_samples is None else num_samples
        self.generator = generator
        _check_count("num_samples", self.num_samples)

    def __iter__(self) -> Iterator[int]:
        size, count = len(self.data_source), self.num_samples
        generator = self.generator
        if generator is None:
            generator = torch.Generator()
            generator.manual_seed(_draw_seed(None))
        # torch draws the last part also where nothing of it is wanted.
        part = 32 if self.replacement else size
        for wanted in (*[part] * (count // part), count % part):
            if self.replacement:
                drawn = torch.randint(size, (wanted,), generator=generator)
            else:
                drawn = torch.randperm(size, generator=generator)
            yield from drawn.tolist()[:wanted]

    def __len__(self) -> int:
        return self.num_samples


class SubsetRandomSampler(Sampler):
    def __init__(self, indices: Any, generator: Any = None) -> None:
        self.indices = indices
        self.generator = generator

    def __iter__(self) -> Iterator[Any]:
        for each in torch.randperm(len(self.indices), generator=self.generator).tolist():
            yield item(self.indices, each)

    def __len__(self) -> int:
        return len(self.indices)


class WeightedRandomSampler(Sampler):
    def __init__(
        self, weights: Any, num_samples: int, replacement: bool = True, generator: Any = None
    ) -> None:
        _check_count("num_samples", num_samples)
        self.weights = torch.as_tensor(weights, dtype=torch.double)
        if self.weights.dim() != 1:
            raise ValueError("weights should be a 1d sequence")
        self.num_samples = num_samples
        self.replacement = replacement
        self.generator = generator

    def __iter__(self) -> Iterator[int]:
        drawn = torch.multinomial(
            self.weights, self.num_samples, self.replacement, generator=self.generator
        )
        return iter(drawn.tolist())

    def __len__(self) -> int:
        return self.num_samples


class BatchSampler(Sampler):
    def __init__(self, sampler: Any, batch_size: int, drop_last: bool) -> None:
        _check_count("batch_size", batch_size)
        self.sampler = sampler
        self.batch_size = batch_size
        self.drop_last = drop_last

    def __iter__(self) -> Iterator[list[Any]]:
        rest = iter(self.sampler)
        while batch := list(itertools.islice(rest, self.batch_size)):
            if self.drop_last and len(batch) < self.batch_size:
                return
            yield batch

    def __len__(self) -> int:
        whole, rest = divmod(len(self.sampler), self.batch_size)
        return whole + (rest > 0 and not self.drop_last)


def default_collate(batch: Any) -> Any:
    """Rows as one: tensors stacked, numbers as a tensor, tuples and dicts by their parts."""
    rows = list(batch)
    first = rows[0]
    mro = mro_of(type(first))
    if torch.Tensor in mro:
        return torch.stack(rows)
    if np.ndarray in mro or np.generic in mro:
        return torch.stack([torch.as_tensor(each) for each in rows])
    if float in mro:
        return torch.tensor(rows, dtype=torch.float64)
    if int in mro:
        return torch.tensor(rows)
    if str in mro or bytes in mro:
        return rows
    if dict in mro:
        return {key: default_collate([each[key] for each in rows]) for key in first}
    if tuple in mro or list in mro:
        if any(len(each) != len(first) for each in rows):
            raise RuntimeError("each element in list of batch should be of equal size")
        parts = [default_collate(part) for part in zip(*rows, strict=True)]
        return type(first)(*parts) if hasattr(first, "_fields") else parts
    raise TypeError(
        "default_collate: batch must contain tensors, numpy arrays, numbers, dicts or lists;"
        f" found a '{class_name(type(first))}'"
    )


class DataLoader:
    #: Looks at a function before it is called.
    judge: Callable[[Any], Any]

    def __class_getitem__(cls, parameters: Any) -> Any:
        return cls

    def __init__(
        self,
        dataset: Any,
        batch_size: int | None = 1,
        shuffle: bool | None = None,
        sampler: Any = None,
        batch_sampler: Any = None,
        num_workers: int = 0,
        collate_fn: Any = None,
        pin_memory: bool = False,
        drop_last: bool = False,
        timeout: float = 0,
        worker_init_fn: None = None,
        multiprocessing_context: None = None,
        generator: Any = None,
        *,
        prefetch_factor: None = None,
        persistent_workers: bool = False,
        pin_memory_device: str = "",
        in_order: bool = True,
    ) -> None:
        if num_workers or worker_init_fn or multiprocessing_context or persistent_workers:
            raise AccessRefused(
                "DataLoader with workers refused: a technique runs alone",
                hint="leave num_workers and the options of workers out",
                code="argument-refused",
            )
        if batch_sampler is not None and (batch_size != 1 or shuffle or sampler or drop_last):
            raise ValueError(
                "batch_sampler option is mutually exclusive with batch_size, shuffle, sampler, and"
                " drop_last"
            )
        if sampler is not None and shuffle:
            raise ValueError("sampler option is mutually exclusive with shuffle")
        self.dataset = dataset
        self.walked = IterableDataset in mro_of(type(dataset))
        if self.walked and (shuffle or sampler is not None or batch_sampler is not None):
            raise ValueError("an IterableDataset is taken in its own order")
        if sampler is None and not self.walked:
            drawn = RandomSampler(dataset, generator=generator) if shuffle else None
            sampler = drawn or SequentialSampler(dataset)
        if batch_sampler is None and batch_size is not None and not self.walked:
            batch_sampler = BatchSampler(sampler, batch_size, drop_last)
        self.batch_size = batch_size
        self.sampler = sampler
        self.batch_sampler = batch_sampler
        self.drop_last = drop_last
        self.num_workers = num_workers
        self.pin_memory = pin_memory
        self.generator = generator
        self.collate_fn = collate_fn

    def __iter__(self) -> Iterator[Any]:
        # torch draws a seed for workers, whether there are any or not.
        _draw_seed(self.generator)
        collate = self.collate_fn
        if collate is None:
            batched = self.batch_size is not None or self.batch_sampler is not None
            return map(default_collate if batched else _converted, self._rows())
        judged: Callable[[Any], Any] = self.judge(collate)
        return map(judged, self._rows())

    def _rows(self) -> Iterator[Any]:
        if self.walked:
            rows: Iterator[Any] = iter(self.dataset)
            if self.batch_size is None:
                return rows
            return iter(BatchSampler(rows, self.batch_size, self.drop_last))
        if self.batch_sampler is None:
            return (item(self.dataset, each) for each in self.sampler)
        return ([item(self.dataset, each) for each in batch] for batch in self.batch_sampler)

    def __len__(self) -> int:
        if not self.walked:
            return len(self.sampler if self.batch_sampler is None else self.batch_sampler)
        if self.batch_size is None:
            return len(self.dataset)
        return len(BatchSampler(self.dataset, self.batch_size, self.drop_last))


def _converted(row: Any) -> Any:
    """Without batches, arrays alone become tensors."""
    return torch.as_tensor(row) if np.ndarray in mro_of(type(row)) else row


def _draw_seed(generator: Any) -> int:
    return int(torch.empty((), dtype=torch.int64).random_(generator=generator).item())


def _check_count(what: str, value: Any) -> None:
    if type(value) is not int or value <= 0:
        raise ValueError(f"{what} should be a positive integer value, but got {what}={value}")


def _stand_in(value: Any) -> Adapter:
    return lambda guards: value


for _each in (
    *(Dataset, IterableDataset, TensorDataset, Subset, ConcatDataset, random_split),
    *(Sampler, SequentialSampler, RandomSampler, SubsetRandomSampler, WeightedRandomSampler),
    *(BatchSampler, default_collate),
):
    adapts(f"torch.utils.data.{_each.__name__}")(_stand_in(_each))


@adapts("torch.utils.data.DataLoader")
def make_data_loader(guards: Guards) -> Callable[..., Any]:
    class Loader(DataLoader):
        judge = staticmethod(guards.calls.call)

    Loader.__name__ = Loader.__qualname__ = "DataLoader"
    return Loader
