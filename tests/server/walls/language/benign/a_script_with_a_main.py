"""A technique in a script: its main reads arguments and writes files, its plots are never drawn."""

import argparse
import csv
import json
from pathlib import Path

try:
    import matplotlib.pyplot as plt
except ImportError:
    plt = None


def save(result, path, indent=2):
    with open(path, "w") as file:
        json.dump(result, file, indent=indent)


def arguments():
    return argparse.ArgumentParser().parse_args()


def plot(losses, title="losses"):
    csv.writer(plt.plot(losses))


def heat(losses):
    import seaborn

    seaborn.heatmap(losses)


def technique(model, tokenizer, text="the cat sat"):
    ids = tokenizer(text, return_tensors="pt").input_ids
    return model(ids, labels=ids).loss.item()


def main():
    save(technique(None, None), Path(arguments().out) / "x.json")


if __name__ == "__main__":
    main()
