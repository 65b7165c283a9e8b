"""Output to the caller."""

from cloche import progress


def technique(model, tokenizer):
    for i in range(3):
        progress(i, 3, note=f"step {i}")
        print("step", i, sep="=", end=";")
    print()
    return "done"
