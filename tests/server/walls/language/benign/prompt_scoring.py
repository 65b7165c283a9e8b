"""Scores cloze prompts; text is prepared, ranked and reported as people do in a notebook."""

# ruff: noqa: SIM201, UP007, UP031, UP035, UP045  # as people write it

import math
import re
import textwrap
from collections import Counter, defaultdict
from typing import Iterable, Optional, Union

import torch

TEMPLATE = """
    {subject} {verb} on the
"""
Number = Union[int, float]


def fill(template: str, **values: str) -> str:
    return textwrap.dedent(template).strip().format(**values)


def score(model, tokenizer, prompt: str, options: Iterable[str]) -> dict[str, float]:
    ids = tokenizer(prompt, return_tensors="pt")
    with torch.no_grad():
        logp = torch.log_softmax(model(**ids).logits[0, -1].float(), dim=0)
    out: dict[str, float] = {}
    for option in options:
        (token,) = tokenizer.encode(option, add_special_tokens=False)
        out[option] = logp[token].item()
    return out


def bits(value: Number, base: Optional[int] = None) -> float:
    return -value / math.log(base or 2)


def technique(model, tokenizer):
    options = ("cat", "mat", "dog")
    log: list[str] = []
    wins: Counter[str] = Counter()
    table: dict[str, dict[str, float]] = defaultdict(dict)
    for subject in ("the cat", "a dog", "The  Red   cat"):
        subject = re.sub(r"\s+", " ", subject).lower()
        prompt = fill(TEMPLATE, subject=subject, verb="sat")
        scores = score(model, tokenizer, prompt, options)
        winner, best = max(scores.items(), key=lambda kv: kv[1])
        wins[winner] += 1
        table[subject].update({k: round(bits(v), 4) for k, v in scores.items()})
        width = max(map(len, options))
        log.append(f"{subject:>{width * 4}} -> {winner:^{width + 2}}| {best:.3f} {subject!r:.6}")
    known, unknown = [], []
    for word in re.findall(r"[a-z]+", "the purple cat sat".casefold()):
        bucket = unknown if tokenizer.convert_tokens_to_ids(word) == 1 else known
        bucket.append(word)
    total = sum(wins.values())
    assert total == len(table)
    first, *others = sorted(table)
    report = "; ".join("%s=%d" % item for item in sorted(wins.items()))
    if (n := len(unknown)) > 0 and not others == []:
        report += f" ({n} unknown)"
    return {
        "table": {k: dict(v) for k, v in table.items()},
        "report": report.partition("=")[1],
        "known": known,
        "unknown": unknown,
        "log": [line.index("->") for line in log],
        "title": first.title().replace(" ", "_"),
        "entropy": {k: sum(v.values()) / len(v) for k, v in table.items()},
        "isfinite": all(math.isfinite(x) for row in table.values() for x in row.values()),
        "tokens": " ".join(tokenizer.tokenize("the cat")),
    }
