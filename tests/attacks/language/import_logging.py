"""Class: imports. Source: own find. Escape: logging opens files."""

import logging


def attack(model, tokenizer, address):
    logging.FileHandler("escaped")
