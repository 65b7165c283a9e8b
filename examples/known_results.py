"""Known results of interpretability, looked for in the demo's model; with pictures.

pip install '.[demo,plots]'    in a checkout
cloche demo                                        prepares the model, once
python examples/known_results.py [MODEL] [PICTURES]

docs/known-results.md shows what it found.
"""

import sys
from pathlib import Path
from typing import Any

import matplotlib

matplotlib.use("svg")

import matplotlib.pyplot as plt
import numpy as np
import platformdirs
from cloche import InterpClient
from matplotlib.ticker import MaxNLocator

TECHNIQUES = Path(__file__).parent.parent / "techniques"
PROMPT, SUBJECT, ANSWER, WRONG = (
    "The Eiffel Tower is in the city of",
    "The Eiffel Tower",
    " Paris",
    " Rome",
)


def picture(
    path: Path, values: Any, title: str, rows: str, columns: str, names: list[str] | None = None
) -> None:
    """A heat map [row, column], blue below 0 and red above, white at 0."""
    table = np.asarray(values, dtype=float)
    figure, axes = plt.subplots(figsize=(6.4, 4.4), layout="constrained")
    bound = float(np.abs(table).max())
    # As cells in one image, which stays small.
    image = axes.imshow(
        table, aspect="auto", cmap="RdBu_r", vmin=-bound, vmax=bound, interpolation="nearest"
    )
    figure.colorbar(image)
    axes.set(title=title, ylabel=rows, xlabel=columns)
    axes.yaxis.set_major_locator(MaxNLocator(integer=True))
    if names is not None:
        axes.set_xticks(range(len(names)), [repr(name)[1:-1] for name in names], rotation=45)
    else:
        axes.set_xticks(range(table.shape[1]))
    figure.savefig(path, metadata={"Date": None})
    plt.close(figure)


def lens(client: InterpClient, folder: Path) -> None:
    found = client.run(TECHNIQUES / "logit_lens.py", PROMPT)
    ranks = found["answer_rank"]
    print(f"\nlogit lens: {PROMPT!r} is continued by {found['answer']!r}")
    for row, (rank, tokens) in enumerate(zip(ranks, found["top_tokens"], strict=True)):
        print(f"  after {row:2} blocks: rank {rank:6,}, the top is {tokens[0]!r}")
    figure, axes = plt.subplots(figsize=(6.4, 3.6), layout="constrained")
    axes.plot([rank + 1 for rank in ranks], marker="o")
    axes.set(
        title=f"Logit lens: rank of {found['answer']!r}, 1 is the top",
        xlabel="blocks",
        ylabel="rank",
        yscale="log",
    )
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.grid(alpha=0.3)
    figure.savefig(folder / "logit-lens.svg", metadata={"Date": None})
    plt.close(figure)


def induction(client: InterpClient, folder: Path) -> None:
    found = client.run(TECHNIQUES / "induction_heads.py", length=30, repeats=2)
    scores = np.asarray(found["scores"])
    print("\ninduction heads: share of attention on what followed the first time")
    for layer, head, score in found["strongest"]:
        print(f"  layer {layer:2}, head {head}: {score:.2f}")
    print(f"  the middle head: {np.median(scores):.3f}")
    print(
        f"  loss on random tokens {found['loss_first']:.1f} nats, "
        f"read a second time {found['loss_second']:.1f}"
    )
    picture(folder / "induction-heads.svg", scores, "Induction score", "layer", "head")


def tracing(client: InterpClient, folder: Path) -> None:
    found = client.run(
        TECHNIQUES / "causal_tracing.py", PROMPT, SUBJECT, ANSWER, samples=4, window=3
    )
    effect = np.asarray(found["indirect_effect"])  # [layer, token]
    first, end = found["subject_tokens"]
    print(f"\ncausal tracing: P({ANSWER!r}) {found['clean']:.3f}, noisy {found['noisy']:.3f}")
    early = first + int(effect[:, first:end].max(axis=0).argmax())
    for place in [*sorted({early, end - 1}), len(found["tokens"]) - 1]:
        what = f"{found['tokens'][place]!r}, {'in the subject' if place < end else 'the last'}"
        layer = int(effect[:, place].argmax())
        print(
            f"  {what}: {effect[layer, place]:+.3f} at layer {layer}; "
            f"first third of the layers {effect[: len(effect) // 3, place].mean():+.3f}, "
            f"last third {effect[-(len(effect) // 3) :, place].mean():+.3f}"
        )
    between = effect[:, end:-1]
    print(f"  the most between the two: {between.max():+.3f}" if between.size else "")
    picture(
        folder / "causal-tracing.svg",
        effect,
        f"Causal tracing: change of P({ANSWER!r}), three layers restored",
        "layer",
        f"token; the subject's are {first} to {end - 1}",
        found["tokens"],
    )


def attribution(client: InterpClient, folder: Path) -> None:
    found = client.run(TECHNIQUES / "logit_attribution.py", PROMPT, ANSWER, WRONG)
    print(f"\nlogit attribution: {ANSWER!r} leads {WRONG!r} by {found['value']:.2f} logits")
    print(f"  heads {np.asarray(found['heads']).sum():+.2f}", end="")
    print(f", MLPs {np.asarray(found['mlps']).sum():+.2f}, embedding {found['embedding']:+.2f}")
    for layer, head, share in found["strongest"]:
        print(f"  layer {layer:2}, head {head}: {share:+.2f}")
    print(f"  error of the sum: {found['error']:.1g}")
    shares = np.concatenate(
        [np.asarray(found["heads"]), np.asarray(found["mlps"])[:, None]], axis=1
    )
    picture(
        folder / "logit-attribution.svg",
        shares,
        f"Direct logit attribution: {ANSWER!r} less {WRONG!r}, logits",
        "layer",
        "head; the last column is the MLP",
    )


def main() -> None:
    demo = platformdirs.user_cache_path("cloche") / "gemma-3-270m"
    model = sys.argv[1] if len(sys.argv) > 1 else str(demo)
    folder = Path(sys.argv[2] if len(sys.argv) > 2 else "docs/pictures")
    folder.mkdir(parents=True, exist_ok=True)
    plt.rcParams["svg.hashsalt"] = "cloche"  # the same picture is the same file
    limits = {"timeout_max_s": 600}
    with InterpClient(model_name=model, limits=limits, progress=False) as server:
        client = server.with_options(timeout=600)
        for step in (lens, induction, attribution, tracing):
            step(client, folder)
            sys.stdout.flush()


if __name__ == "__main__":
    main()
