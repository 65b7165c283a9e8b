"""Class: frames. Source: common knowledge. Escape: sys knows the frame that runs."""

import sys


def attack(model, tokenizer, address):
    try:
        1 / 0
    except ZeroDivisionError:
        return sys.exc_info()[2].tb_frame
