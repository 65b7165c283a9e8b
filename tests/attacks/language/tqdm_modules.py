"""Class: imports. Source: own find. Escape: a bar's package has imported sys."""

import tqdm


def attack(model, tokenizer, address):
    try:
        return tqdm.std.sys.modules
    except Exception:
        return tqdm.tqdm.__init__.__globals__
