"""Class: results that lie. Source: own find. Escape: an object that offers itself as a tensor.
Teeth: none, without a server nothing is encoded.
Limits: timeout_s=3, memory_bytes=1 << 28
"""


class Own:
    dtype = "float32"
    shape = (1 << 40,)

    def numpy(self):
        return self

    def tobytes(self):
        return b"x"

    def detach(self):
        return self

    def cpu(self):
        return self


def attack(model, tokenizer, address):
    return Own()
