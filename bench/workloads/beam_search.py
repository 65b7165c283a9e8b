"""Beam search over a made-up table of log-probabilities, as decoding code writes it."""

import math
from dataclasses import dataclass


@dataclass
class Beam:
    tokens: list
    logprob: float
    done: bool = False

    @property
    def score(self):
        return self.logprob / len(self.tokens) ** 0.7

    def extended(self, token, logprob, eos):
        return Beam([*self.tokens, token], self.logprob + logprob, token == eos)


class Table:
    def __init__(self, vocabulary):
        self.vocabulary = vocabulary
        self.calls = 0

    def next(self, tokens):
        self.calls += 1
        seed = sum((i + 1) * token for i, token in enumerate(tokens))
        raw = [math.sin(seed * (k + 1)) for k in range(self.vocabulary)]
        norm = math.log(sum(math.exp(each) for each in raw))
        return [each - norm for each in raw]


def work():
    table = Table(24)
    beams = [Beam([1], 0.0)]
    for _ in range(12):
        grown = []
        for beam in beams:
            if beam.done:
                grown.append(beam)
                continue
            for token, logprob in enumerate(table.next(beam.tokens)):
                if logprob > -4.0:
                    grown.append(beam.extended(token, logprob, eos=0))
        grown.sort(key=lambda beam: beam.score, reverse=True)
        beams = grown[:6]
        if all(beam.done for beam in beams):
            break
    return [(beam.tokens, beam.score) for beam in beams], table.calls
