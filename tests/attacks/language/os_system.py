"""Class: processes. Source: common knowledge. Escape: os runs a command."""

import os


def attack(model, tokenizer, address):
    os.system("touch escaped")
