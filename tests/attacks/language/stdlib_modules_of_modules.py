"""Class: imports. Source: own find. Escape: a module of the standard library has imported others."""

import base64
import difflib
import inspect
import os.path
import pathlib
import pprint
import traceback
import types
import uuid
import warnings


def attack(model, tokenizer, address):
    found = []
    for look in (
        lambda: os.path.os,
        lambda: pathlib.os,
        lambda: uuid.os,
        lambda: base64.binascii,
        lambda: difflib._namedtuple,
        lambda: inspect.sys,
        lambda: pprint._sys,
        lambda: traceback.linecache,
        lambda: types._GeneratorWrapper,
        lambda: warnings.sys,
    ):
        try:
            found.append(look())
        except Exception:
            pass
    return found
