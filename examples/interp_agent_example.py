"""A program that proposes techniques, runs them, reads what went wrong, and goes on.

python examples/interp_agent_example.py [MODEL]     a directory or a Hugging Face name

The question: where, and how strongly, does a direction have to be added to the stream for the model
to prefer one answer to another? The proposals are sources of techniques, written by a small search;
where they come from does not matter to the loop. Some are wrong, as proposals are: one calls what
is refused, one asks for a layer that is not there. Each failure has a type and its place in the
source, and the search uses it.
"""

import sys
from dataclasses import dataclass, replace

from cloche import InterpClient, MapError, PolicyError, Technique, TechniqueError

PROMPTS = ["The capital of France is", "The opposite of hot is", "Two and two are"]
ANSWER, OTHER = " Rome", " Paris"

TEMPLATE = '''\
import torch

def proposal(model, tokenizer, prompt, answer, other):
    """How far a direction in block {layer} moves the lead of one answer over another."""
    first, second = (
        tokenizer(word, add_special_tokens=False)["input_ids"][0] for word in (answer, other)
    )
    depth = model.config.num_hidden_layers
    blocks = next(
        m for m in model.modules() if isinstance(m, torch.nn.ModuleList) and len(m) == depth
    )
    rows = model.get_output_embeddings().weight
    direction = {direction}

    def lead():
        with torch.no_grad():
            logits = model(**tokenizer(prompt, return_tensors="pt")).logits[0, -1]
        return (logits[first] - logits[second]).item()

    def add(module, args, output):
        stream = output[0] if isinstance(output, tuple) else output
        unit = direction / direction.norm()
        stream[0, -1] += {strength} * stream[0, -1].norm() * unit

    before = lead()
    blocks[{layer}].register_forward_hook(add)
    return lead() - before
'''
DEPTH = "def depth(model, tokenizer):\n    return model.config.num_hidden_layers\n"
DIRECTIONS = {
    "unembedding": "rows[first].detach() - rows[second].detach()",
    "saved": 'torch.load("direction.pt")',
    "noise": "torch.randn(rows.shape[1])",
}


@dataclass(frozen=True)
class Proposal:
    direction: str
    layer: int
    strength: float

    def technique(self) -> Technique:
        return Technique.of(
            TEMPLATE.format(
                direction=DIRECTIONS[self.direction], layer=self.layer, strength=self.strength
            )
        )


@dataclass(frozen=True)
class Lesson:
    """What one proposal came to: a score, or why there is none."""

    proposal: Proposal
    score: float | None
    problem: str = ""


def attempt(client: InterpClient, proposal: Proposal) -> Lesson:
    technique = proposal.technique()
    findings = client.check(technique)  # nothing runs yet
    if findings:
        return Lesson(proposal, None, f"refused in line {findings[0].line}: {findings[0].message}")
    arguments = {"answer": ANSWER, "other": OTHER}
    try:
        moved = client.map(technique, PROMPTS, kwargs=arguments)
    except PolicyError as error:
        first = error.diagnostics[0]
        return Lesson(proposal, None, f"refused in line {first.line}: {first.message}")
    except MapError as error:  # some inputs failed; the other results are in error.results
        failure = next(iter(error.failures.values()))
        if isinstance(failure, TechniqueError):
            line = failure.frames[-1].line if failure.frames else "?"
            return Lesson(proposal, None, f"{failure.type} in line {line}: {failure.message}")
        return Lesson(proposal, None, f"{type(failure).__name__}: {failure}")
    return Lesson(proposal, sum(moved) / len(moved))


def propose(lessons: list[Lesson], depth: int) -> Proposal | None:
    """The next proposal, from what came of those before; None when there is no better one."""
    if not lessons:
        return Proposal("saved", depth, 0.5)
    last = lessons[-1]
    if last.score is None:
        if "IndexError" in last.problem:  # there is no such layer: the last one is one less
            return replace(last.proposal, layer=depth - 1)
        return replace(last.proposal, direction="unembedding")  # refused: make it, do not load it
    tried = {lesson.proposal for lesson in lessons}
    best = max((each for each in lessons if each.score is not None), key=lambda each: each.score)
    for change in (
        replace(best.proposal, direction="noise"),  # is it the direction, or its length?
        replace(best.proposal, layer=max(0, best.proposal.layer - 1)),
        replace(best.proposal, strength=min(4.0, 2 * best.proposal.strength)),
    ):
        if change not in tried:
            return change
    return None


def main() -> None:
    model_name = sys.argv[1] if len(sys.argv) > 1 else "gpt2"
    with InterpClient(model_name=model_name, progress=False) as server:
        client = server.with_options(timeout=60, seed=0)
        depth = client.run(DEPTH)
        lessons: list[Lesson] = []
        while len(lessons) < 10 and (proposal := propose(lessons, depth)) is not None:
            lesson = attempt(client, proposal)
            lessons.append(lesson)
            tried = f"{proposal.direction}, layer {proposal.layer}, {proposal.strength:g}"
            scored = lesson.score is not None
            print(f"{tried}: {f'{lesson.score:+.3f} logits' if scored else lesson.problem}")
        scored = [each for each in lessons if each.score is not None]
        best = max(scored, key=lambda each: each.score)
        print(f"best of {len(lessons)}: {best.proposal}")


if __name__ == "__main__":
    main()
