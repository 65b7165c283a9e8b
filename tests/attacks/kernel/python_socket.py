"""Class: network. Source: common knowledge. Escape: a connection."""

import socket


def attack(model, tokenizer, scene):
    socket.create_connection(("127.0.0.1", scene["tcp"]), 1)
