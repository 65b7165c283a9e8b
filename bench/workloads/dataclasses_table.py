"""Records in dataclasses: make, change, group, sort, replace."""

from dataclasses import dataclass, field, replace


@dataclass
class Example:
    prompt: str
    answer: str
    score: float = 0.0
    tags: list = field(default_factory=list)

    def graded(self):
        return self.score > 0.5


@dataclass(frozen=True)
class Key:
    length: int
    good: bool


def work():
    examples = [Example(f"prompt {i}", f"answer {i % 7}") for i in range(1500)]
    for i, each in enumerate(examples):
        each.score = (i * 37 % 100) / 100
        if each.graded():
            each.tags.append("good")
        if len(each.prompt) > 8:
            each.tags.append("long")
    groups = {}
    for each in examples:
        key = Key(len(each.prompt), each.graded())
        groups.setdefault(key, []).append(each)
    ranked = sorted(examples, key=lambda each: (-each.score, each.prompt))
    changed = [replace(each, score=each.score / 2) for each in ranked[:200]]
    return (
        sorted((key.length, key.good, len(found)) for key, found in groups.items()),
        [each.prompt for each in ranked[:5]],
        sum(each.score for each in changed),
    )
