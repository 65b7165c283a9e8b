"""Starts a server for a model and runs three techniques: a function, a source, a file.

python examples/quickstart.py [MODEL]      a directory or a Hugging Face model, "gpt2" if absent
"""

import sys
from pathlib import Path

import torch
from cloche import InterpClient

TECHNIQUES = Path(__file__).parent.parent / "techniques"


def surprise(model, tokenizer, text):
    """How surprising each token is, in nats: a list of (token, surprise)."""
    ids = tokenizer(text, return_tensors="pt")["input_ids"]
    with torch.no_grad():
        log_probs = torch.log_softmax(model(input_ids=ids).logits[0].float(), dim=-1)
    nats = -log_probs[:-1].gather(1, ids[0, 1:, None])[:, 0]
    tokens = [tokenizer.decode([token]) for token in ids[0, 1:].tolist()]
    return list(zip(tokens, nats.tolist(), strict=True))


def main() -> None:
    model_name = sys.argv[1] if len(sys.argv) > 1 else "gpt2"
    with InterpClient(model_name=model_name) as client:
        # A function goes as source, with the imports and helpers that it uses.
        for token, nats in client.run(surprise, "The capital of France is Berlin"):
            print(f"{token!r:>12}  {'#' * round(nats)} {nats:.1f}")

        # So does text.
        count = (
            "def count(model, tokenizer):\n    return sum(p.numel() for p in model.parameters())\n"
        )
        print(f"{client.run(count):,} parameters")

        # And a file. Options of the call never collide with the technique's own arguments.
        top = client.with_options(timeout=30, seed=0).run(
            TECHNIQUES / "next_token.py", "The Eiffel Tower is in the city of", top_k=3
        )
        print(top)


if __name__ == "__main__":
    main()
