"""Class: format strings. Source: CVE-2016-10745 (Jinja2), in kind. Escape: a subclass of str
brings its own format.
"""

SECRET = "canary-" + "5d1f"


class Text(str):
    def walk(self, *args):
        return super().format(*args)


def attack(model, tokenizer, address):
    return Text("{0.__globals__[SECRET]}").walk(attack)
