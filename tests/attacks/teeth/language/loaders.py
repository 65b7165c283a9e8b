"""torch.utils.data, by stand-ins: each way back to what torch's own would do."""

from __future__ import annotations

from typing import Final

from tests.attacks.teeth.mutation import Mutation

_REASONS: Final = ("num_workers", "worker_init_fn", "multiprocessing_context", "persistent_workers")

MUTATIONS: Final = (
    Mutation(
        f"DataLoader.__init__ refuses if {' or '.join(_REASONS)}",
        ("data_workers",),
    ),
    *(Mutation(f"DataLoader.__init__ refuses {each}", ("data_workers",)) for each in _REASONS),
    Mutation("adapter torch.utils.data.TensorDataset", ("data_index_cleared",)),
    Mutation("adapter torch.utils.data.Subset", ("data_index_cleared",)),
)


def _because(reason: str, *rules: str) -> dict[str, str]:
    return dict.fromkeys(rules, reason)


_ADAPTED: Final = "adapter torch.utils.data."
EXEMPT: Final = {
    **_because(
        "torch's own has no rows, so nothing of it is read or derived from; what it does with"
        " indices is the same, and its rows meet torch's functions with the look at them",
        *(
            _ADAPTED + name
            for name in (
                *("Dataset", "IterableDataset", "ConcatDataset", "random_split", "Sampler"),
                *("SequentialSampler", "RandomSampler", "SubsetRandomSampler", "BatchSampler"),
                *("WeightedRandomSampler", "default_collate"),
            )
        ),
    ),
    **_because(
        "without it torch's own starts processes, which no test of a fork can bear",
        _ADAPTED + "DataLoader",
    ),
    **_because(
        "says what torch says of such arguments",
        "BatchSampler.__init__ calls _check_count('batch_size', batch_size)",
        "ConcatDataset.__getitem__ refuses if -index > len(self)",
        "ConcatDataset.__init__ refuses if not self.datasets",
        "DataLoader.__init__ refuses if batch_sampler is not None and (batch_size != 1 or shuffle"
        " or sampler or drop_last)",
        "DataLoader.__init__ refuses if sampler is not None and shuffle",
        "DataLoader.__init__ refuses if self.walked and (shuffle or sampler is not None or"
        " batch_sampler is not None)",
        "Dataset.__getitem__ refuses at last",
        "IterableDataset.__iter__ refuses at last",
        "Sampler.__iter__ refuses at last",
        "RandomSampler.__init__ calls _check_count('num_samples', self.num_samples)",
        "WeightedRandomSampler.__init__ calls _check_count('num_samples', num_samples)",
        "WeightedRandomSampler.__init__ refuses if self.weights.dim() != 1",
        "TensorDataset.__init__ refuses if any((len(each) != len(tensors[0]) for each in tensors))",
        "TensorDataset.__init__ refuses if not tensors or any((torch.Tensor not in"
        " mro_of(type(each)) for each in tensors))",
        "TensorDataset.__init__ refuses not tensors",
        "TensorDataset.__init__ refuses any((torch.Tensor not in mro_of(type(each)) for each in"
        " tensors))",
        "_check_count refuses if type(value) is not int or value <= 0",
        "_check_count refuses type(value) is not int",
        "_check_count refuses value <= 0",
        "default_collate refuses at last",
        "default_collate refuses if any((len(each) != len(first) for each in rows))",
        "random_split refuses if any((each < 0 or each > 1 for each in wanted))",
        "random_split refuses if sum(wanted) != total",
    ),
    **_because(
        "chooses what is drawn and how rows are put together; the loader's results are compared"
        " with torch's in tests/server/walls/language/benign/data_loaders.py",
        "BatchSampler.__iter__ asks whether self.drop_last and len(batch) < self.batch_size",
        "DataLoader.__init__ asks whether batch_sampler is None and batch_size is not None and"
        " (not self.walked)",
        "DataLoader.__init__ asks whether sampler is None and (not self.walked)",
        "DataLoader.__iter__ calls _draw_seed(self.generator)",
        "DataLoader.__len__ asks whether not self.walked",
        "DataLoader._rows asks whether self.walked",
        "RandomSampler.__iter__ asks whether self.replacement",
        "RandomSampler.__iter__ calls generator.manual_seed(_draw_seed(None))",
        "default_collate asks whether dict in mro",
        "default_collate asks whether float in mro",
        "default_collate asks whether int in mro",
        "default_collate asks whether np.ndarray in mro or np.generic in mro",
        "default_collate asks whether str in mro or bytes in mro",
        "default_collate asks whether torch.Tensor in mro",
        "default_collate asks whether tuple in mro or list in mro",
        "random_split asks whether math.isclose(sum(wanted), 1) and sum(wanted) <= 1",
    ),
}
