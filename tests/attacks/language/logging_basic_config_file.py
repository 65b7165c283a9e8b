"""Class: files. Source: own find. Escape: a logger is told a file to write to."""

import logging


def attack(model, tokenizer, address):
    logging.basicConfig(filename="escaped", force=True)
    logging.error("x")
