"""Class: secrets. Source: own find. Escape: what the server was started with. Teeth: none, nothing
secret is said there.
"""

import sys


def attack(model, tokenizer, scene):
    return [sys.argv, sys.orig_argv, sys.executable, sys.path]
