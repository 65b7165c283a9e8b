"""Class: imports. Source: own find. Escape: socket talks to others."""

import socket


def attack(model, tokenizer, address):
    return "canary-" + "5d1f" if socket.socketpair() else None
