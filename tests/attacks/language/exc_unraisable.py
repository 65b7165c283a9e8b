"""Class: exceptions. Source: own find. Escape: an error in a finaliser is reported with the object
it came from.
"""


class Late:
    def __del__(self):
        open("escaped", "w").close()


def attack(model, tokenizer, address):
    late = Late()
    late.me = late
