"""The technique that drives: every call goes through the language wall's own guards."""

from __future__ import annotations

from typing import Any, Final

from cloche_server.walls.language import LanguageWall, compile_technique

#: Operators and items as source spells them, by the name of the function that holds each.
SYNTAX: Final = {
    **{f"x {op} y": f"return x {op} y" for op in
       ("+", "-", "*", "/", "//", "%", "**", "@", "<<", ">>", "&", "|", "^",
        "==", "!=", "<", "<=", ">", ">=")},
    **{f"x {op}= y": f"x {op}= y; return x" for op in
       ("+", "-", "*", "/", "//", "%", "**", "@", "<<", ">>", "&", "|", "^")},
    **{f"{op}x": f"return {op}x" for op in ("-", "+", "~")},
    "x[y]": "return x[y]",
    "x[y] = z": "x[y] = z; return x",
    "x[y] += z": "x[y] += z; return x",
    "y in x": "return y in x",
    "*x": "return [*x]",
}  # fmt: skip

_SOURCE: Final = """
import torch
import numpy

def own(*values):
    return values[0]

def function(holder, name, args, options):
    return getattr(holder, name)(*args, **options)

def method(value, name, args, options):
    found = getattr(value, name)
    return found(*args, **options) if callable(found) else found

def called(made, args, options):
    return made(*args, **options)

def set_attribute(holder, name, value):
    setattr(holder, name, value)

def step(optimizer, parameters, by_closure):
    optimizer.step((lambda: (parameters[0] ** 2).sum()) if by_closure else None)

def set_state(optimizer, parameter, key, value):
    optimizer.state[parameter][key] = value

def backward(outputs, gradients, inputs):
    found = torch.autograd.grad(outputs, inputs, gradients, allow_unused=True)
    # A sparse gradient is only followed when it is added to a dense one.
    return [torch.zeros(x.shape, dtype=x.dtype).add_(g)
            for x, g in zip(inputs, found) if g is not None]

def set_data(tensor, other):
    tensor.data = other

def written_through(view, value):
    view[...] = value

def view_of(tensor):
    return tensor.detach().numpy()
"""


def load(wall: LanguageWall) -> dict[str, Any]:
    """A call's namespace with the technique in it, and `function` for each piece of syntax."""
    namespace = wall.namespace(write=lambda text: None, progress=lambda *report: None)
    source = _SOURCE + "".join(
        f"\ndef syntax_{number}(x, y=None, z=None):\n    {body}\n"
        for number, body in enumerate(SYNTAX.values())
    )
    exec(compile_technique(source, "<driver>").code, namespace)
    return namespace


def syntax_of(namespace: dict[str, Any], text: str) -> Any:
    return namespace[f"syntax_{list(SYNTAX).index(text)}"]
