"""Class: imports. Source: own find. Escape: urllib fetches."""

from urllib.request import urlopen


def attack(model, tokenizer, address):
    return "canary-" + "5d1f" if urlopen("data:,x") else None
