"""Progress bars that report what `progress` reports."""

import time

from tools import progress


class tqdm:
    def __init__(
        self, iterable=None, desc=None, total=None, leave=True, file=None, ncols=None,
        mininterval=0.1, maxinterval=10.0, miniters=None, ascii=None, disable=False, unit="it",
        unit_scale=False, dynamic_ncols=False, smoothing=0.3, bar_format=None, initial=0,
        position=None, postfix=None, unit_divisor=1000, write_bytes=False, lock_args=None,
        nrows=None, colour=None, delay=0.0, gui=False, **options,
    ):  # fmt: skip
        if total is None and hasattr(iterable, "__len__"):
            total = len(iterable)
        self.iterable = iterable
        self.desc = desc or ""
        self.total = total
        self.n = initial
        self.initial = initial
        self.disable = bool(disable)
        self.leave = leave
        self.unit = unit
        self.mininterval = mininterval
        self.postfix = ""
        self.start_t = time.monotonic()
        self._said = self.start_t
        self._closed = False
        if postfix is not None:
            self.set_postfix(postfix, refresh=False)
        self.refresh()

    def __iter__(self):
        try:
            for each in self.iterable:
                yield each
                self.update()
        finally:
            self.close()

    def __len__(self):
        return len(self.iterable) if self.total is None else self.total

    def __bool__(self):
        return self.total is None or self.total > 0

    def __enter__(self):
        return self

    def __exit__(self, kind, error, trace):
        self.close()

    def __str__(self):
        total = "?" if self.total is None else self.total
        return f"{self._note()} {self.n}/{total}".strip()

    def _note(self):
        parts = [each for each in (str(self.desc), self.postfix) if each]
        return ": ".join(parts)

    def refresh(self, *args, **options):
        if not self.disable:
            self._said = time.monotonic()
            progress(self.n, self.total, self._note())

    def update(self, n=1):
        """Reports no oftener than `mininterval` allows: a report counts as output."""
        self.n += n
        if not self.disable and time.monotonic() - self._said >= self.mininterval:
            self.refresh()
            return True
        return None

    def reset(self, total=None):
        self.n = 0
        if total is not None:
            self.total = total
        self.refresh()

    def close(self):
        if not self._closed:
            self._closed = True
            self.refresh()

    def clear(self, *args, **options):
        pass

    def unpause(self):
        pass

    def display(self, *args, **options):
        self.refresh()

    def set_description(self, desc=None, refresh=True):
        self.desc = desc or ""
        if refresh:
            self.refresh()

    def set_description_str(self, desc=None, refresh=True):
        self.set_description(desc, refresh)

    def set_postfix(self, ordered_dict=None, refresh=True, **values):
        shown = []
        for key, value in {**(ordered_dict or {}), **values}.items():
            if isinstance(value, float):
                value = f"{value:.3g}"
            shown.append(f"{key}={str(value).strip()}")
        self.set_postfix_str(", ".join(shown), refresh)

    def set_postfix_str(self, s="", refresh=True):
        self.postfix = str(s)
        if refresh:
            self.refresh()

    @property
    def format_dict(self):
        return {
            "n": self.n, "total": self.total, "elapsed": time.monotonic() - self.start_t,
            "prefix": self.desc, "unit": self.unit, "postfix": self.postfix,
        }  # fmt: skip

    @classmethod
    def write(cls, s, file=None, end="\n", nolock=False):
        print(s, file=file, end=end)


def trange(*args, **options):
    return tqdm(range(*args), **options)
