"""What a program that studies models does with Cloche, part by part.

python examples/interp_agent_example.py [MODEL [ADAPTER]]     directories or Hugging Face names

1. a technique written where it is used; 2. techniques from files; 3. proposals that are tried and
mended; 4. what the model is; 5. a deployment that is always on. Then a long technique followed
while it runs and, where an adapter is named, a model with an adapter and a hidden prompt.

The third part is the longest. It asks where, and how strongly, a direction has to be added to the
stream for the model to prefer one answer to another. The proposals are sources of techniques,
written by a small search; where they come from does not matter to the loop. Some are wrong, as
proposals are: one calls what is refused, one asks for a layer that is not there. Each failure has a
type and its place in the source, and the search uses it.
"""

import sys
from dataclasses import dataclass, replace
from pathlib import Path

import torch
from cloche import (
    Done,
    InterpClient,
    MapError,
    PolicyError,
    Progress,
    Technique,
    TechniqueError,
    load_techniques_from_dir,
    progress,
)
from cloche.modal import Scaling, deployment_for, plan

TECHNIQUES = Path(__file__).parent.parent / "techniques"

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


def inline(client: InterpClient) -> None:
    def widest(model, tokenizer, text):
        """The block after which the stream of the last token is longest."""
        with torch.no_grad():
            found = model(**tokenizer(text, return_tensors="pt"), output_hidden_states=True)
        return int(torch.stack([each[0, -1].norm() for each in found.hidden_states]).argmax())

    print(f"inline: the stream is longest after {client.run(widest, PROMPTS[0])} blocks")


def from_files(client: InterpClient) -> None:
    techniques = load_techniques_from_dir(TECHNIQUES)
    found = client.run(techniques["text_surprise"], PROMPTS[0])
    print(f"from files: {len(techniques)} techniques; perplexity {found['perplexity']:.1f}")


def experiment(client: InterpClient) -> None:
    depth = client.run(DEPTH)
    lessons: list[Lesson] = []
    while len(lessons) < 10 and (proposal := propose(lessons, depth)) is not None:
        lesson = attempt(client, proposal)
        lessons.append(lesson)
        tried = f"{proposal.direction}, layer {proposal.layer}, {proposal.strength:g}"
        scored = lesson.score is not None
        print(f"{tried}: {f'{lesson.score:+.3f} logits' if scored else lesson.problem}")
    best = max((each for each in lessons if each.score is not None), key=lambda each: each.score)
    print(f"best of {len(lessons)}: {best.proposal}")


def facts(client: InterpClient) -> None:
    info = client.info()
    print(f"model: {info.model.architecture}, {info.model.parameters:,} parameters")
    print(f"walls: {sum(layer.active for layer in info.layers)} layers active")


def always_on() -> None:
    """Nothing is deployed: this says what would be. `deploy=True` of an InterpClient does it."""
    deployment = deployment_for("agents", "org/name", scaling=Scaling(keep_warm=1))
    print(f"always on: {plan(deployment)['scaling']}")


def followed(client: InterpClient) -> None:
    def losses(model, tokenizer, texts):
        found = []
        for number, text in enumerate(texts):
            progress(number, len(texts), text)
            ids = tokenizer(text, return_tensors="pt")["input_ids"]
            with torch.no_grad():
                found.append(float(model(ids, labels=ids).loss))
        return found

    for event in client.stream(losses, PROMPTS):
        if isinstance(event, Progress):
            print(f"[{event.done:g}/{event.total:g}] {event.note}")
        elif isinstance(event, Done):
            print(f"losses: {', '.join(f'{loss:.2f}' for loss in event.result)}")


def adapted(model_name: str, adapter: str) -> None:
    def moved(model, tokenizer, text):
        """How far the adapter moves a logit at the most; and the text as the tokenizer reads it."""
        inputs = tokenizer(text, return_tensors="pt")
        with torch.no_grad():
            on = model(**inputs).logits[0, -1]
            with model.disable_adapter():
                off = model(**inputs).logits[0, -1]
        shown = tokenizer.decode(inputs["input_ids"][0], skip_special_tokens=True)
        return float((on - off).abs().max()), shown

    with InterpClient(
        model_name=adapter,
        is_peft=True,
        base_model=model_name,
        hidden_system_prompt="Answer in one word.",
        redact_hidden_prompt=True,
        progress=False,
    ) as client:
        most, shown = client.run(moved, PROMPTS[0])
    print(f"adapter: moves a logit by {most:.2f}; behind a hidden prompt, {shown!r} is shown")


def main() -> None:
    model_name = sys.argv[1] if len(sys.argv) > 1 else "gpt2"
    with InterpClient(model_name=model_name, progress=False) as server:
        client = server.with_options(timeout=60, seed=0)
        for part in (inline, from_files, experiment, facts):
            part(client)
        always_on()
        followed(client)
    if len(sys.argv) > 2:
        adapted(model_name, sys.argv[2])


if __name__ == "__main__":
    main()
