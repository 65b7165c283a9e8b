"""torch.utils.data, by stand-ins; see adapters/torch_data.py. Absent: workers, pipes, distributed
samplers."""

from __future__ import annotations

from .rows import Allow, Base, Field, Kind, Row, words

_STAND_INS = "cloche_server.walls.language.adapters.torch_data"
_SETS = "Dataset IterableDataset TensorDataset Subset ConcatDataset"
_SAMPLERS = """Sampler SequentialSampler RandomSampler SubsetRandomSampler WeightedRandomSampler
    BatchSampler"""
_WHY = "rows of tensors and own datasets, in this process"

ROWS: tuple[Row, ...] = (
    Allow(
        "torch.utils.data",
        f"{_SETS} {_SAMPLERS} DataLoader random_split default_collate",
        why=_WHY,
        adapted=True,
    ),
    *(Base(f"{_STAND_INS}:{name}", why=_WHY) for name in words(f"{_SETS} {_SAMPLERS}")),
    Allow(f"{_STAND_INS}:Dataset", "__getitem__ __add__", why=_WHY),
    *(
        Allow(f"{_STAND_INS}:{name}", "__init__ __getitem__ __len__", why=_WHY)
        for name in words("TensorDataset Subset ConcatDataset")
    ),
    Allow(f"{_STAND_INS}:IterableDataset", "__iter__", why=_WHY),
    Allow(f"{_STAND_INS}:Sampler", "__iter__", why=_WHY),
    *(
        Allow(f"{_STAND_INS}:{name}", "__init__ __iter__ __len__", why=_WHY)
        for name in words(_SAMPLERS)
        if name != "Sampler"
    ),
    Allow(f"{_STAND_INS}:DataLoader", "__iter__ __len__", why=_WHY),
    Field(f"{_STAND_INS}:TensorDataset", "tensors", why=_WHY),
    Field(f"{_STAND_INS}:Subset", "dataset indices", why=_WHY),
    Field(f"{_STAND_INS}:ConcatDataset", "datasets cumulative_sizes", why=_WHY),
    Field(
        f"{_STAND_INS}:Sampler",
        "data_source replacement num_samples indices weights sampler batch_size drop_last",
        why=_WHY,
    ),
    Field(
        f"{_STAND_INS}:DataLoader",
        """dataset batch_size sampler batch_sampler drop_last num_workers pin_memory generator
        collate_fn""",
        why=_WHY,
    ),
    *(Kind(f"{_STAND_INS}:{name}", why=_WHY) for name in words("Dataset Sampler DataLoader")),
)
