"""Own exceptions, chaining, finally, suppress, ExitStack."""
# ruff: noqa: B018  # written as in a notebook

from contextlib import ExitStack, suppress


class ProbeError(Exception):
    def __init__(self, layer, message="bad layer"):
        super().__init__(f"{message}: {layer}")
        self.layer = layer


def check(layer):
    try:
        return [0, 1][layer]
    except IndexError as e:
        raise ProbeError(layer) from e
    finally:
        log.append(layer)


log = []


class Ctx:
    def __init__(self, name):
        self.name = name

    def __enter__(self):
        log.append("enter " + self.name)
        return self

    def __exit__(self, exc_type, exc, tb):
        log.append(f"exit {self.name} {exc_type.__name__ if exc_type else None}")
        return exc_type is ZeroDivisionError


def technique(model, tokenizer):
    out = [check(1)]
    try:
        check(7)
    except (ProbeError, KeyError) as e:
        out += [str(e), e.layer, type(e).__name__, e.args, type(e.__cause__).__name__]
    with suppress(KeyError):
        {}["x"]
    with Ctx("a"):
        1 / 0
    with ExitStack() as stack:
        stack.enter_context(Ctx("b"))
        stack.callback(log.append, "cb")
    try:
        assert out is None, "nope"
    except AssertionError as e:
        out.append(str(e))
    else:
        out.append("unreachable")
    return out, list(log)
