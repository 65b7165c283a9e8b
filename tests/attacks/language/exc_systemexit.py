"""Class: exceptions. Source: own find. Escape: an exit that no handler of Exception sees ends the
process and its checks.
"""


def attack(model, tokenizer, address):
    def run():
        raise SystemExit(open)

    try:
        run()
    except BaseException as error:
        return error.code
