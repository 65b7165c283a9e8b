"""Class: processes. Source: common knowledge. Escape: a program is run."""

import subprocess


def attack(model, tokenizer, scene):
    subprocess.run(["touch", "escaped"])
