"""A helper class with private state, properties, operators and context manager methods."""

import torch


class Recorder:
    _count = 0

    def __init__(self, model, *names):
        self._model, self._names = model, names
        self._handles: list = []
        self.cache: dict[str, torch.Tensor] = {}
        Recorder._count += 1

    def __enter__(self):
        modules = dict(self._model.named_modules())
        for name in self._names:
            self._handles.append(modules[name].register_forward_hook(self._make(name)))
        return self

    def __exit__(self, kind, value, trace):
        for h in self._handles:
            h.remove()
        self._handles.clear()
        return False

    def _make(self, name):
        def hook(module, inputs, output):
            self.cache[name] = output[0] if type(output) is tuple else output

        return hook

    def __getitem__(self, name):
        return self.cache[name]

    def __len__(self):
        return len(self.cache)

    def __contains__(self, name):
        return name in self.cache

    def __iter__(self):
        return iter(sorted(self.cache))

    @property
    def total(self):
        return sum(v.numel() for v in self.cache.values())

    @classmethod
    def count(cls):
        return cls._count

    @staticmethod
    def short(name):
        return name.rsplit(".", 1)[-1]


def technique(model, tokenizer):
    with Recorder(model, "transformer.h.0", "transformer.h.1.mlp") as rec, torch.no_grad():
        model(**tokenizer("the cat sat", return_tensors="pt"))
    return (
        len(rec),
        list(rec),
        rec.total,
        "x" in rec,
        Recorder.count(),
        rec.short("a.b"),
        rec["transformer.h.0"].sum(),
    )
