"""Datasets, samplers and loaders, as probes and autoencoders are trained with them."""

import numpy as np
import torch
import torch.utils.data as data
from torch.utils.data import (
    ConcatDataset,
    DataLoader,
    Dataset,
    IterableDataset,
    RandomSampler,
    Sampler,
    Subset,
    SubsetRandomSampler,
    TensorDataset,
    WeightedRandomSampler,
    random_split,
)


class Numbers(Dataset):
    def __init__(self, n, scale=1):
        super().__init__()
        self.n = n
        self.scale = scale

    def __len__(self):
        return self.n

    def __getitem__(self, i):
        return {"x": torch.full((2,), float(i)), "i": i * self.scale, "name": str(i)}


class Pairs(Dataset[tuple]):
    def __len__(self):
        return 5

    def __getitem__(self, i):
        return np.array([i, i + 1]), (i / 2, [i, True])


class Stream(IterableDataset):
    def __iter__(self):
        yield from range(5)


class Backwards(Sampler):
    def __init__(self, source):
        self.source = source

    def __iter__(self):
        return iter(range(len(self.source) - 1, -1, -1))

    def __len__(self):
        return len(self.source)


class Scaled(TensorDataset):
    def __init__(self, *tensors):
        super().__init__(*tensors)
        self.factor = 3

    def __getitem__(self, index):
        return [each * self.factor for each in super().__getitem__(index)]


def gather(rows):
    return torch.stack([row["x"] for row in rows]), [row["name"] for row in rows]


def technique(model, tokenizer):
    torch.manual_seed(7)
    x, y = torch.arange(10.0).reshape(5, 2), torch.arange(5)
    tensors = TensorDataset(x, y)
    found = [len(tensors), tensors[1], tensors[1:3], tensors[[0, 2]], tensors.tensors[1]]
    found += [list(DataLoader(tensors, batch_size=2)), list(DataLoader(tensors, 2, shuffle=True))]
    found += list(DataLoader(tensors, batch_size=2, shuffle=True, drop_last=True))
    found += list(DataLoader(Numbers(3), batch_size=2))
    found += list(DataLoader(Numbers(3, scale=2.5), batch_size=3, collate_fn=gather))
    found += list(DataLoader(Pairs(), batch_size=2, sampler=Backwards(Pairs())))
    found += [list(DataLoader(Stream(), batch_size=2)), list(DataLoader(Stream(), None))]
    found += list(DataLoader(x, batch_size=4)) + list(DataLoader(["a", "b"], batch_size=2))
    found += list(DataLoader(Scaled(x, y), batch_size=5))
    train, test = random_split(tensors, [3, 2])
    found += [train.indices, test.indices, train[0], len(test)]
    parts = data.random_split(
        range(10), [0.5, 0.3, 0.2], generator=torch.Generator().manual_seed(1)
    )
    found += [[part[i] for i in range(len(part))] for part in parts]
    both = ConcatDataset([tensors, Subset(tensors, [4, 0])])
    found += [len(both), both[5], both[-1], len(tensors + tensors)]
    g = torch.Generator().manual_seed(3)
    found += [list(RandomSampler(tensors, replacement=True, num_samples=40, generator=g))]
    found += [list(RandomSampler(tensors, num_samples=7, generator=g))]
    found += [list(SubsetRandomSampler([4, 2, 0], generator=g))]
    found += [list(WeightedRandomSampler([0.1, 0.0, 0.9], 5, generator=g))]
    found += list(data.BatchSampler(data.SequentialSampler(range(5)), 2, False))
    loader = DataLoader(tensors, batch_size=2, shuffle=True, generator=g)
    found += [len(loader), loader.batch_size, len(loader.dataset), *loader, *loader]
    found += list(DataLoader(tensors, batch_sampler=[[0, 1], [4]], num_workers=0))
    found += [torch.rand(2), isinstance(tensors, Dataset)]
    probe = torch.nn.Linear(2, 1)
    optimizer = torch.optim.SGD(probe.parameters(), lr=0.01)
    for _ in range(2):
        for inputs, targets in DataLoader(tensors, batch_size=2, shuffle=True):
            optimizer.zero_grad()
            ((probe(inputs)[:, 0] - targets) ** 2).mean().backward()
            optimizer.step()
    return found, probe.weight.detach()
