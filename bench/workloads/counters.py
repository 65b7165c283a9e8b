"""Own objects with counters: running mean, variance, extremes and a histogram."""


class Running:
    def __init__(self, bins):
        self.count = 0
        self.mean = 0.0
        self._squares = 0.0
        self.low = None
        self.high = None
        self.bins = [0] * bins

    def add(self, value):
        self.count += 1
        delta = value - self.mean
        self.mean += delta / self.count
        self._squares += delta * (value - self.mean)
        if self.low is None or value < self.low:
            self.low = value
        if self.high is None or value > self.high:
            self.high = value
        self.bins[int(value) % len(self.bins)] += 1

    @property
    def variance(self):
        return self._squares / self.count if self.count else 0.0


def work():
    stats = [Running(8) for _ in range(4)]
    for step in range(12_000):
        stats[step % 4].add((step * 7919) % 1013 / 10)
    return [(each.mean, each.variance, each.low, each.high, each.bins) for each in stats]
