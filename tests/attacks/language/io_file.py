"""Class: files. Source: own find. Escape: the class of files stands beside that of buffers."""

import io


def attack(model, tokenizer, address):
    io.FileIO("escaped", "w").close()
