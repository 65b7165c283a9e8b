"""Class: shadowing. Source: CVE-2025 RestrictedPython-style. Escape: parameters shadow guard names."""


def attack(model, tokenizer, address, _getattr_=lambda o, n: o, _write_=None, /):
    return [c for c in attack.__globals__.values()]
