"""Follows a long technique while it runs, and stops it half way.

python examples/streaming.py ADDRESS
"""

import sys

import torch
from cloche import Accepted, Done, InterpClient, Output, Progress, progress

WORDS = ["Paris", "London", "Rome", "Berlin", "Madrid", "Vienna", "Athens", "Lisbon"]


def distances(model, tokenizer, words):
    """Cosine similarity of each word's mean embedding to the first word's."""
    table = model.get_input_embeddings()
    means = []
    for number, word in enumerate(words):
        progress(number, len(words), word)
        ids = tokenizer(word, add_special_tokens=False, return_tensors="pt")["input_ids"]
        with torch.no_grad():
            means.append(table(ids)[0].float().mean(0))
        print(f"embedded {word}")
    return {
        word: float(torch.cosine_similarity(means[0], mean, dim=0))
        for word, mean in zip(words, means, strict=True)
    }


def main() -> None:
    with InterpClient(address=sys.argv[1]) as client:
        for event in client.stream(distances, WORDS):
            match event:
                case Accepted(call_id=call_id, timeout_s=seconds):
                    print(f"call {call_id} has {seconds:g} s")
                case Progress(done=done, total=total, note=note):
                    print(f"[{done:g}/{total:g}] {note}")
                case Output(text=text):
                    print(text, end="")
                case Done(result=result, usage=usage):
                    print(result)
                    print(f"took {usage.wall_clock_s:.3f} s")

        # Leaving the iterator ends the call on the server.
        stream = client.stream(distances, WORDS)
        for event in stream:
            if isinstance(event, Progress):
                stream.close()
        print("stopped the second call")


if __name__ == "__main__":
    main()
