"""Class: class machinery. Source: own find. Escape: property.fget of a library's property."""

from fractions import Fraction


def attack(model, tokenizer, address):
    return Fraction.numerator.fget.__globals__
