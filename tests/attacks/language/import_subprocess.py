"""Class: imports. Source: own find. Escape: subprocess runs programs."""

import subprocess


def attack(model, tokenizer, address):
    subprocess.run(["touch", "escaped"])
