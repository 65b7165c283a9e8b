"""Class: imports. Source: common knowledge. Escape: an allowed module has imported os: from random
import _os.
"""

from random import _os as found


def attack(model, tokenizer, address):
    return found.environ["CLOCHE_CANARY"]
