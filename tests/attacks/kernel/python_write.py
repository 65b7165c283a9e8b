"""Class: files. Source: common knowledge. Escape: a file is written."""

from pathlib import Path


def attack(model, tokenizer, scene):
    Path(scene["folder"], "escaped").write_text("x")
