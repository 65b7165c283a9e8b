"""Strings: format, re, json, textwrap."""
# ruff: noqa: UP031  # written as in a notebook

import json
import re
import string
import textwrap


class Row:
    def __init__(self, name, values):
        self.name = name
        self.values = values


def technique(model, tokenizer):
    row = Row("loss", [0.1234, 2])
    out = ["{0.name:>8} {0.values[0]:.2f} {k!r}".format(row, k="x"), f"{1} {2}"]
    out += [
        "{a[b]}".format_map({"a": {"b": 5}}),
        "%s is %.1f" % ("pi", 3.14159),
        "{:{w}}|".format("a", w=4),
    ]
    out += [
        re.sub(r"\d+", lambda m: str(int(m.group()) * 2), "a1b22"),
        re.findall(r"(\w)=(\d)", "a=1 b=2"),
    ]
    out += [
        json.loads(json.dumps({"b": [1, None], "a": row.name}, sort_keys=True)),
        json.dumps(row, default=lambda r: r.values),
    ]
    out += [
        textwrap.shorten("the quick brown fox", 12),
        string.ascii_lowercase[:3],
        "Ab".swapcase().join(["x", "y"]),
    ]
    out += ["".join(map(str.upper, "abc")), " a ".strip().ljust(3, "."), "é".encode().hex()]
    return out
