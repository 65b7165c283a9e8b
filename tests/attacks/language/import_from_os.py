"""Class: imports. Source: own find. Escape: a name of os is imported."""

from os import environ


def attack(model, tokenizer, address):
    return environ
