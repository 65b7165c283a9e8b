"""Class: network. Source: common knowledge. Escape: a request over HTTP."""

import urllib.request


def attack(model, tokenizer, scene):
    urllib.request.urlopen(f"http://127.0.0.1:{scene['tcp']}/", timeout=0.3)
